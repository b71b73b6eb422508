// DirectoryChanges: tells when files in a directory are written, made or renamed: by inotify, or, where the host gives
// no more inotify instances, by looking four times a second. Control thread only; does not block.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "agent/base/clock.h"

namespace ordinal::apiserver::streams {

class DirectoryChanges {
 public:
  /// `changed` is called from the control loop until this is destroyed. Several changes may be told as one, and it may
  /// be called without any.
  DirectoryChanges(const Executor& executor, Clock& clock, const std::string& directory, std::function<void()> changed);

  /// False: it only looks now and then.
  bool immediate() const { return inotify_.is_open(); }

 private:
  bool Watch(const std::string& directory);
  void AwaitEvents();
  void AwaitTime();

  Clock& clock_;
  std::function<void()> changed_;
  asio::posix::stream_descriptor inotify_;
  TimerHandle timer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< a handler may be queued when this is destroyed
};

}  // namespace ordinal::apiserver::streams

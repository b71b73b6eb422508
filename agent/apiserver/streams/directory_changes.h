// DirectoryChanges: tells when files in a directory are written, made or renamed, but for drafts (base/log_parts.h): by
// inotify, or, where the host gives no more inotify instances, by looking four times a second. Control thread only;
// does not block.
#pragma once

#include <functional>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/directory_watch.h"
#include "agent/base/scope.h"

namespace ordinal::apiserver::streams {

class DirectoryChanges {
 public:
  /// `changed` is called from the control loop until this is destroyed. Several changes may be told as one, and it may
  /// be called without any.
  DirectoryChanges(const Executor& executor, Clock& clock, const std::string& directory, std::function<void()> changed);

  /// False: it only looks now and then.
  bool immediate() const { return immediate_; }

 private:
  void AwaitTime();

  Clock& clock_;
  std::function<void()> changed_;
  Scope scope_;
  TimerHandle timer_;
  bool immediate_ = false;
};

}  // namespace ordinal::apiserver::streams

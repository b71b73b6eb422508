// Beside: work that blocks, done on a thread of its own while the control thread goes on. For the start, when there are
// no workers yet and each millisecond is one without names.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <thread>

#include "agent/base/result.h"
#include "agent/base/task.h"

namespace ordinal {

class Beside {
 public:
  /// Starts `work`; it may use nothing that the control thread touches before Wait() returned. `io` is that thread's.
  Beside(asio::io_context& io, std::function<Status()> work);
  /// Blocks until the work is done.
  ~Beside();

  /// Runs what `io` has ready until the work is done, and gives its outcome; what it throws is thrown here. Called
  /// once, on the control thread.
  Status Wait();

 private:
  asio::io_context& io_;
  std::shared_ptr<bool> over_ = std::make_shared<bool>(false);
  std::future<Status> outcome_;
  std::thread thread_;
};

}  // namespace ordinal

// Signal: a sticky wake-up for one coroutine. Not thread-safe: everybody uses it on the control thread.
#pragma once

#include <boost/asio/steady_timer.hpp>

#include "agent/base/task.h"

namespace ordinal {

class Signal {
 public:
  explicit Signal(const Executor& executor);

  /// Wakes the waiter, or lets the next Wait() return at once. Several notifications before a Wait() are one.
  void Notify();

  /// Suspends until notified since the last Wait(). At most one coroutine waits at a time.
  Task<void> Wait();

 private:
  asio::steady_timer timer_;
  bool set_ = false;
};

}  // namespace ordinal

// Turns: so many at once and no more; who comes when all are taken waits, and they go on in the order in which they
// came. Control thread.
#pragma once

#include <deque>
#include <memory>

#include "agent/base/signal.h"

namespace ordinal::podsync {

class Turns {
 public:
  /// `most` is at least one.
  Turns(Executor executor, size_t most) : executor_(std::move(executor)), most_(most) {}

  /// Suspends until it is the caller's turn, which he gives back. False when his scope told him to give up: then he has
  /// none.
  Task<bool> Take();
  void GiveBack();

  size_t taken() const { return taken_; }

 private:
  struct Place {
    explicit Place(const Executor& executor) : called(executor) {}
    Signal called;
    bool given = false;
  };

  Executor executor_;
  size_t most_, taken_ = 0;
  std::deque<std::shared_ptr<Place>> waiting_;
};

}  // namespace ordinal::podsync

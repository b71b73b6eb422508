#include "agent/podsync/turns.h"

#include <algorithm>

#include "agent/base/scope.h"

namespace ordinal::podsync {

Task<bool> Turns::Take() {
  if (taken_ < most_) {
    ++taken_;
    co_return true;
  }
  const auto place = std::make_shared<Place>(executor_);
  waiting_.push_back(place);
  co_await place->called.Wait();
  const bool given_up = co_await GivenUp();
  if (place->given && given_up) GiveBack();
  if (!place->given) std::erase(waiting_, place);
  co_return place->given && !given_up;
}

/// A turn passes to the next one without being free in between: nobody who comes just then goes first.
void Turns::GiveBack() {
  if (waiting_.empty()) {
    --taken_;
    return;
  }
  const std::shared_ptr<Place> next = waiting_.front();
  waiting_.pop_front();
  next->given = true;
  next->called.Notify();
}

}  // namespace ordinal::podsync

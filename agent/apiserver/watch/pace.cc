#include "agent/apiserver/watch/pace.h"

#include <algorithm>
#include <utility>

namespace ordinal::apiserver::watch {

void Pace::Sent() {
  const SteadyTime now = clock_.Steady();
  paid_at_ = std::min(std::max(paid_at_, now) + kPerPiece, now + kLongest);
}

bool Pace::Waits(std::function<void()> turn) {
  const Duration debt = paid_at_ - clock_.Steady();
  if (debt <= kFree) return false;
  waiting_.push_back(std::move(turn));
  if (waiting_.size() > 1) return true;
  released_by_ = clock_.Steady() + kLongest;
  Arm(debt);
  return true;
}

void Pace::Arm(Duration delay) {
  release_ = clock_.After(delay, [this] { Release(); });
}

void Pace::Release() {
  const SteadyTime now = clock_.Steady();
  const SteadyTime until = std::min(paid_at_, released_by_);  // others went on sending
  if (until > now) return Arm(until - now);
  for (const auto& turn : std::exchange(waiting_, {})) turn();
}

}  // namespace ordinal::apiserver::watch

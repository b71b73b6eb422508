#include "agent/apiserver/watch/rings.h"

#include <algorithm>

namespace ordinal::apiserver::watch {

Rings::Entries::iterator Rings::Add(SteadyTime moment, Ring& ring) {
  const auto entry = entries_.emplace(moment, &ring);
  if (moment < armed_for_) Arm(moment);
  return entry;
}

void Rings::Arm(SteadyTime moment) {
  armed_for_ = moment;
  timer_ = clock_.After(std::max(moment - clock_.Steady(), Duration::zero()), [this] { Call(); });
}

void Rings::Call() {
  armed_for_ = SteadyTime::max();
  const SteadyTime now = clock_.Steady();
  while (!entries_.empty() && entries_.begin()->first <= now) {
    Ring& ring = *entries_.begin()->second;
    ring.Unset();
    ring.fn_();
  }
  if (!entries_.empty()) Arm(entries_.begin()->first);
}

}  // namespace ordinal::apiserver::watch

#include "agent/node/pressure/judgement.h"

#include <algorithm>

namespace ordinal::node {

bool PressureJudge::Met(const Threshold& threshold, const Figures& figures, bool with_reclaim) const {
  const auto found = figures.find(threshold.signal);
  if (found == figures.end()) return false;
  int64_t least = threshold.least.Of(found->second.capacity);
  if (with_reclaim && threshold.reclaim) least += threshold.reclaim->Of(found->second.capacity);
  return found->second.available < least;
}

bool PressureJudge::Satisfied(size_t threshold, const Figures& figures) const {
  return !Met(policy_.thresholds[threshold], figures, /*with_reclaim=*/true);
}

Judgement PressureJudge::Judge(const Figures& figures, SteadyTime now) {
  Judgement out;
  for (size_t i = 0; i < policy_.thresholds.size(); ++i) {
    const Threshold& threshold = policy_.thresholds[i];
    const auto before = met_.find(i);
    if (!Met(threshold, figures, before != met_.end())) {
      met_.erase(i);
      continue;
    }
    const SteadyTime since = met_.emplace(i, now).first->second;
    last_[PressureOf(threshold.signal)] = now;
    if (now - since >= threshold.grace) out.due.push_back(i);
  }
  for (const auto& [pressure, seen] : last_) {
    if (seen == now || now - seen < policy_.transition) out.conditions.insert(pressure);
  }
  // Memory first, as in the kubelet: who waits for it may not come to anything else.
  std::stable_sort(out.due.begin(), out.due.end(), [this](size_t a, size_t b) {
    return PressureOf(policy_.thresholds[a].signal) == Pressure::kMemory &&
           PressureOf(policy_.thresholds[b].signal) != Pressure::kMemory;
  });
  return out;
}

}  // namespace ordinal::node

#include "agent/controllers/statefulset/failures.h"

#include <algorithm>
#include <utility>

#include "agent/controllers/pod_readiness.h"
#include "agent/controllers/statefulset/identity.h"

namespace ordinal::controllers::statefulset {

void Failures::Count(const Observed& seen, const api::Pod& pod, int64_t ordinal, OfSet& known) {
  if (pod.status.phase == "Failed") {
    OfOrdinal& of = known.ordinals[ordinal];
    if (std::exchange(of.counted, pod.meta.uid) != pod.meta.uid) AddFailure(pod, seen.now, of.row);
    of.ports = RefusedPorts(pod);
    return;
  }
  const auto found = known.ordinals.find(ordinal);
  if (found == known.ordinals.end() || !RunningAndReady(pod)) return;
  if (pod.meta.created.value_or(seen.now) > found->second.row.ended) known.ordinals.erase(found);
}

std::vector<std::string> Failures::EndRowsFor(const HostPorts& freed) {
  std::vector<std::string> keys;
  if (freed.empty()) return keys;
  for (auto& [key, known] : sets_) {
    const size_t ended =
        std::erase_if(known.ordinals, [&freed](const auto& each) { return AnyCollides(each.second.ports, freed); });
    if (ended > 0) keys.push_back(key);
  }
  return keys;
}

void Failures::Look(const std::string& key, Observed& seen) {
  OfSet& known = sets_[key];
  if (known.uid != seen.set.meta.uid) known.ordinals.clear();
  known.uid = seen.set.meta.uid;
  std::erase_if(known.ordinals, [&seen](const auto& each) {
    return !Wanted(seen.set, each.first) || seen.now - each.second.row.ended > kLongLife;
  });
  for (const api::Pod& pod : seen.pods) {
    const auto ordinal = OrdinalOf(seen.set, pod.meta.name);
    if (ordinal && Wanted(seen.set, *ordinal) && !pod.deleting()) Count(seen, pod, *ordinal, known);
  }
  for (auto& [ordinal, of] : known.ordinals) {
    of.row.ended = std::min(of.row.ended, seen.now);  // the clock may have been set back
    seen.failures[ordinal] = of.row;
  }
  if (known.ordinals.empty()) sets_.erase(key);
}

}  // namespace ordinal::controllers::statefulset

#include "agent/controllers/replicaset/failures.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "agent/controllers/pod_readiness.h"

namespace ordinal::controllers::replicaset {
namespace {

WallTime MadeAt(const api::Pod& pod) { return pod.meta.created.value_or(WallTime()); }

bool EndedBefore(const api::Pod* a, const api::Pod* b) {
  return std::make_tuple(EndOf(*a), MadeAt(*a), a->meta.name) < std::make_tuple(EndOf(*b), MadeAt(*b), b->meta.name);
}

void CountFailure(const api::Pod& pod, WallTime now, FailureRow& row) {
  // Nothing is made while the set waits: what was made before its end is of an attempt that counts already.
  const WallTime waited = row.ended + WaitAfter(row.failures);
  if (row.failures > 0 && !Lasted(pod) && MadeAt(pod) < waited) {
    row.ended = std::max(row.ended, std::min(EndOf(pod), now));
  } else {
    AddFailure(pod, now, row);
  }
}

}  // namespace

void EndRow(Failures& known) {
  known.row.failures = 0;
  known.said = false;
  known.ports.clear();
}

void CountFailures(const Observed& seen, Failures& known) {
  if (known.set_uid != seen.set.meta.uid) {
    known = Failures();
    known.set_uid = seen.set.meta.uid;
  }
  known.row.ended = std::min(known.row.ended, seen.now);  // the clock may have been set back
  if (seen.now - known.row.ended > kLongLife) EndRow(known);
  std::vector<const api::Pod*> fresh;
  std::set<std::string> uids;
  for (const api::Pod& pod : seen.failed) {
    uids.insert(pod.meta.uid);
    if (!known.counted.contains(pod.meta.uid)) fresh.push_back(&pod);
  }
  std::sort(fresh.begin(), fresh.end(), EndedBefore);
  for (const api::Pod* pod : fresh) {
    CountFailure(*pod, seen.now, known.row);
    known.ports = RefusedPorts(*pod);
  }
  known.counted = std::move(uids);
  const bool works = std::any_of(seen.pods.begin(), seen.pods.end(), [&known](const api::Pod& pod) {
    return RunningAndReady(pod) && MadeAt(pod) > known.row.ended;
  });
  if (works) EndRow(known);
  if (known.row.failures == 0) known.said = false;
}

std::vector<DeletePod> SurplusFailed(const api::Refs<api::Pod>& failed) {
  std::vector<DeletePod> surplus;
  if (failed.size() <= kKeptFailed) return surplus;
  std::vector<const api::Pod*> oldest_first;
  for (const api::Pod& pod : failed) oldest_first.push_back(&pod);
  std::sort(oldest_first.begin(), oldest_first.end(), EndedBefore);
  oldest_first.resize(std::min<size_t>(failed.size() - kKeptFailed, kBurst));
  for (const api::Pod* pod : oldest_first) surplus.push_back({pod->meta.name, pod->meta.uid, true});
  return surplus;
}

std::string BackOffMessage(const Observed& seen) {
  const api::Pod* newest = nullptr;
  for (const api::Pod& pod : seen.failed) {
    if (newest == nullptr || EndedBefore(newest, &pod)) newest = &pod;
  }
  const std::string which =
      newest == nullptr ? "a pod failed" : fmt::format("pod {} failed: {}", newest->meta.name, WhyFailed(*newest));
  return fmt::format("Back-off creating pods: {}; as long as they fail right away each one waits longer, up to 300 s",
                     which);
}

}  // namespace ordinal::controllers::replicaset

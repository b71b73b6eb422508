#include "agent/controllers/job/tally.h"

#include <algorithm>

#include "agent/controllers/job/pods.h"
#include "agent/controllers/job/policies.h"

namespace ordinal::controllers::job {
namespace {

using api::Pod;

/// Those of `uids` whose pods still have the finalizer; the others are counted now.
std::vector<std::string> StillTracked(const std::vector<std::string>& uids, const std::set<std::string>& tracked,
                                      int64_t& counted) {
  std::vector<std::string> still;
  for (const std::string& uid : uids) {
    if (tracked.contains(uid)) {
      still.push_back(uid);
    } else {
      ++counted;
    }
  }
  return still;
}

bool Holds(const std::vector<std::string>& uids, const std::string& uid) {
  return std::find(uids.begin(), uids.end(), uid) != uids.end();
}

}  // namespace

Tally Count(const Observed& seen) {
  const api::Job& job = seen.job;
  Tally tally;
  std::set<std::string> tracked;
  for (const Pod& pod : seen.pods) {
    if (Tracked(pod)) tracked.insert(pod.meta.uid);
  }
  tally.counted_succeeded = job.succeeded;
  tally.counted_failed = job.failed;
  tally.uncounted_succeeded = StillTracked(job.uncounted_succeeded, tracked, tally.counted_succeeded);
  tally.uncounted_failed = StillTracked(job.uncounted_failed, tracked, tally.counted_failed);
  for (const api::Ref<Pod>& pod : seen.pods) {
    if (!Tracked(*pod) || (job.indexed && !IndexOf(job, *pod))) continue;
    const std::string& uid = pod->meta.uid;
    if (Holds(tally.uncounted_failed, uid) || Holds(tally.uncounted_succeeded, uid)) continue;
    if (pod->status.phase == "Succeeded") tally.new_succeeded.push_back(pod.get());
    if (Failed(job, *pod)) tally.new_failed.push_back(pod.get());
  }
  const auto counts = [&job](const Pod* pod) { return JudgeFailure(job, *pod).counts; };
  tally.failed = tally.counted_failed + static_cast<int64_t>(tally.uncounted_failed.size()) +
                 std::count_if(tally.new_failed.begin(), tally.new_failed.end(), counts);
  tally.succeeded =
      tally.counted_succeeded + static_cast<int64_t>(tally.uncounted_succeeded.size() + tally.new_succeeded.size());
  if (job.indexed) {
    tally.succeeded_indexes = SucceededIndexes(job, seen.pods);
    tally.failed_indexes = FailedIndexes(job, seen.pods);
    tally.succeeded = tally.succeeded_indexes.Count();
  }
  return tally;
}

}  // namespace ordinal::controllers::job

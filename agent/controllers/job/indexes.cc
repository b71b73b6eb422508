#include "agent/controllers/job/indexes.h"

#include <set>

#include "agent/api/kinds/job/labels.h"
#include "agent/controllers/job/pods.h"
#include "agent/controllers/job/policies.h"

namespace ordinal::controllers::job {
namespace {

using api::IndexSet;
using api::Job;
using api::Pod;

int64_t AllFailures(const Pod& pod) {
  return CountIn(pod, api::kIndexFailures) + CountIn(pod, api::kIndexIgnoredFailures);
}

bool FailsItsIndex(const Job& job, const Pod& pod) {
  if (!Failed(job, pod)) return false;
  const Judgement judgement = JudgeFailure(job, pod);
  return judgement.fails_index ||
         (judgement.counts && CountIn(pod, api::kIndexFailures) >= *job.backoff_limit_per_index);
}

}  // namespace

IndexSet SucceededIndexes(const Job& job, const api::Refs<Pod>& pods) {
  IndexSet indexes = IndexSet::ParseBelow(job.completed_indexes, job.completions.value_or(0));
  for (const Pod& pod : pods) {
    const auto index = IndexOf(job, pod);
    if (index && Tracked(pod) && pod.status.phase == "Succeeded") indexes.Add(*index);
  }
  return indexes;
}

IndexSet FailedIndexes(const Job& job, const api::Refs<Pod>& pods) {
  IndexSet indexes;
  if (!job.backoff_limit_per_index) return indexes;
  indexes = IndexSet::ParseBelow(job.failed_indexes, job.completions.value_or(0));
  for (const Pod& pod : pods) {
    const auto index = IndexOf(job, pod);
    if (index && Tracked(pod) && FailsItsIndex(job, pod)) indexes.Add(*index);
  }
  return indexes;
}

std::map<int64_t, const Pod*> LastFailedPods(const Job& job, const api::Refs<Pod>& pods, const IndexSet& succeeded,
                                             const IndexSet& failed) {
  std::map<int64_t, const Pod*> last;
  if (!job.backoff_limit_per_index) return last;
  IndexSet active;
  for (const Pod& pod : pods) {
    const auto index = IndexOf(job, pod);
    if (index && Active(pod)) active.Add(*index);
  }
  for (const api::Ref<Pod>& pod : pods) {
    const auto index = IndexOf(job, *pod);
    if (!index || !Tracked(*pod) || !Failed(job, *pod)) continue;
    if (active.Has(*index) || succeeded.Has(*index) || failed.Has(*index)) continue;
    const Pod*& kept = last[*index];
    if (kept == nullptr || AllFailures(*kept) < AllFailures(*pod) ||
        (AllFailures(*kept) == AllFailures(*pod) && FinishedAt(*kept) <= FinishedAt(*pod))) {
      kept = pod.get();
    }
  }
  return last;
}

IndexFailures FailuresAfter(const Job& job, const Pod* before) {
  IndexFailures failures;
  if (before == nullptr) return failures;
  failures.counted = CountIn(*before, api::kIndexFailures);
  failures.ignored = CountIn(*before, api::kIndexIgnoredFailures);
  ++(JudgeFailure(job, *before).counts ? failures.counted : failures.ignored);
  return failures;
}

std::vector<int64_t> PendingIndexes(const Job& job, const api::Refs<Pod>& pods, const IndexSet& succeeded,
                                    const IndexSet& failed, int64_t count) {
  IndexSet taken = succeeded;
  taken.Add(failed);
  for (const Pod& pod : pods) {
    const bool working = Active(pod) || (job.replaces_failed_only && Terminating(pod) && !Failed(job, pod));
    const auto index = IndexOf(job, pod);
    if (working && index) taken.Add(*index);
  }
  return taken.Missing(count, job.completions.value_or(0));
}

std::vector<const Pod*> SurplusOfIndexes(const Job& job, const std::vector<const Pod*>& in_order) {
  std::vector<const Pod*> surplus;
  std::set<int64_t> taken;
  // From the one that would be missed most.
  for (auto pod = in_order.rbegin(); pod != in_order.rend(); ++pod) {
    const auto index = IndexOf(job, **pod);
    if (!index || !taken.insert(*index).second) surplus.push_back(*pod);
  }
  return surplus;
}

}  // namespace ordinal::controllers::job

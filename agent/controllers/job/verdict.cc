#include "agent/controllers/job/verdict.h"

#include <algorithm>

#include "agent/base/bounded_time.h"
#include "agent/controllers/job/pods.h"
#include "agent/controllers/job/policies.h"

namespace ordinal::controllers::job {
namespace {

using api::Json;
using api::Pod;

Verdict Stands(const Json& condition, bool success) {
  return {success, api::ReadString(condition, "reason"), api::ReadString(condition, "message")};
}

std::optional<Verdict> ByFailurePolicy(const Observed& seen) {
  for (const Pod& pod : seen.pods) {
    if (!seen.job.has_failure_policy || !Failed(seen.job, pod)) continue;
    if (auto why = JudgeFailure(seen.job, pod).fails_job) return Verdict{false, "PodFailurePolicy", std::move(*why)};
  }
  return std::nullopt;
}

/// With restartPolicy OnFailure a container that starts again is a failure that no pod shows.
bool RestartsExceedLimit(const Observed& seen) {
  if (!seen.job.restarts_containers) return false;
  int64_t restarts = 0;
  for (const Pod& pod : seen.pods) {
    if (pod.Terminal()) continue;
    for (const auto* statuses : {&pod.status.init_container_statuses, &pod.status.container_statuses}) {
      for (const api::ContainerStatus& status : *statuses) restarts += status.restart_count;
    }
  }
  return restarts >= std::max<int64_t>(seen.job.backoff_limit, 1);
}

std::optional<Verdict> ByLimits(const Observed& seen, const Tally& tally, std::optional<Duration>& look_again) {
  const api::Job& job = seen.job;
  if (tally.failed > job.backoff_limit || RestartsExceedLimit(seen)) {
    return Verdict{false, "BackoffLimitExceeded", "The job's pods have failed more often than its backoffLimit allows"};
  }
  if (!job.active_deadline_seconds || job.suspended) return std::nullopt;
  // One that is resumed starts anew in this pass, as one does that is seen for the first time.
  const bool resumed = job.Holding("Suspended") != nullptr;
  const WallTime start = resumed ? seen.now : std::min(job.start_time.value_or(seen.now), seen.now);
  const Duration left = start + BoundedDuration(*job.active_deadline_seconds) - seen.now;
  if (left <= Duration::zero()) {
    return Verdict{false, "DeadlineExceeded", "The job was active for longer than activeDeadlineSeconds"};
  }
  look_again = std::min(look_again.value_or(left), left);
  return std::nullopt;
}

std::optional<Verdict> ByIndexes(const Observed& seen, const Tally& tally) {
  const api::Job& job = seen.job;
  if (!job.indexed) return std::nullopt;
  const int64_t failed = tally.failed_indexes.Count();
  if (job.backoff_limit_per_index && job.max_failed_indexes && failed > *job.max_failed_indexes) {
    return Verdict{false, "MaxFailedIndexesExceeded",
                   "More of the job's indexes have failed than its maxFailedIndexes allows"};
  }
  if (failed > 0 && failed + tally.succeeded >= job.completions.value_or(0)) {
    return Verdict{false, "FailedIndexes", "The job has failed indexes"};
  }
  if (auto met = MetSuccess(job, tally.succeeded_indexes)) return Verdict{true, "SuccessPolicy", std::move(*met)};
  return std::nullopt;
}

}  // namespace

std::optional<Verdict> Judge(const Observed& seen, const Tally& tally, std::optional<Duration>& look_again) {
  if (const Json* met = seen.job.Holding("SuccessCriteriaMet")) return Stands(*met, true);
  if (const Json* target = seen.job.Holding("FailureTarget")) return Stands(*target, false);
  if (auto verdict = ByFailurePolicy(seen)) return verdict;
  if (auto verdict = ByLimits(seen, tally, look_again)) return verdict;
  return ByIndexes(seen, tally);
}

std::optional<Verdict> JudgeCompletions(const Observed& seen, const Tally& tally, int64_t active) {
  const auto& completions = seen.job.completions;
  const bool enough = completions ? tally.succeeded >= *completions : tally.succeeded > 0;
  if (!enough || active > 0) return std::nullopt;
  return Verdict{true, "CompletionsReached", "Reached expected number of succeeded pods"};
}

}  // namespace ordinal::controllers::job

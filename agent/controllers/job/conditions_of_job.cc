#include "agent/controllers/job/conditions_of_job.h"

#include <utility>

#include "agent/controllers/conditions.h"

namespace ordinal::controllers::job {
namespace {

using api::Json;

/// Puts it into the list, unless that has one with the same status, reason and message. Whether it did.
bool Put(const Condition& condition, WallTime now, Json& conditions) {
  const Json* before = FindCondition(conditions, condition.type);
  const bool same = before != nullptr && api::ReadString(*before, "status") == condition.status &&
                    api::ReadString(*before, "reason") == condition.reason &&
                    api::ReadString(*before, "message") == condition.message;
  if (same) return false;
  Json next{{"type", condition.type},           {"status", condition.status},
            {"lastProbeTime", FormatTime(now)}, {"lastTransitionTime", FormatTime(now)},
            {"reason", condition.reason},       {"message", condition.message}};
  if (before != nullptr) {
    for (Json& each : conditions) {
      if (api::ReadString(each, "type") == condition.type) each = next;
    }
  } else {
    conditions.push_back(std::move(next));
  }
  return true;
}

}  // namespace

void SayVerdict(const Verdict& verdict, WallTime now, Json& conditions) {
  Put({verdict.success ? "SuccessCriteriaMet" : "FailureTarget", "True", verdict.reason, verdict.message}, now,
      conditions);
}

Saying SayEnd(const api::Job& job, const Verdict& verdict, WallTime now, Json& conditions, Json& status) {
  Put({verdict.success ? "Complete" : "Failed", "True", verdict.reason, verdict.message}, now, conditions);
  if (!status.contains("startTime")) status["startTime"] = FormatTime(now);  // it was suspended all the time
  if (!verdict.success) return {true, verdict.reason, verdict.message};
  status["completionTime"] = FormatTime(now);
  const bool too_many = job.completions && api::ReadInt(status, "succeeded") > *job.completions;
  if (too_many) return {true, "TooManySucceededPods", "More pods succeeded than were wanted"};
  return {false, "Completed", "Job completed"};
}

bool SaySuspended(bool suspended, WallTime now, Json& conditions) {
  if (suspended) return Put({"Suspended", "True", "JobSuspended", "Job suspended"}, now, conditions);
  // That it never was is not worth a condition.
  if (FindCondition(conditions, "Suspended") == nullptr) return false;
  return Put({"Suspended", "False", "JobResumed", "Job resumed"}, now, conditions);
}

}  // namespace ordinal::controllers::job

// The conditions of a job. Pure.
#pragma once

#include "agent/controllers/job/plan.h"
#include "agent/controllers/job/verdict.h"

namespace ordinal::controllers::job {

/// SuccessCriteriaMet or FailureTarget, when it is not there yet.
void SayVerdict(const Verdict& verdict, WallTime now, api::Json& conditions);
/// Complete, with status.completionTime, or Failed; and what is said of it.
Saying SayEnd(const api::Job& job, const Verdict& verdict, WallTime now, api::Json& conditions, api::Json& status);
/// Suspended: True, or False once it was. Whether that is new.
bool SaySuspended(bool suspended, WallTime now, api::Json& conditions);

}  // namespace ordinal::controllers::job

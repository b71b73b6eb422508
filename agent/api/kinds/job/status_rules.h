// What somebody else than this agent's controller may write to the status of a Job (registry/batch/job/strategy.go and
// apis/batch/validation): what a job that is over says stays, and its numbers fit each other. A rule counts for what
// the write changes, so that a status that breaks one already can still be mended elsewhere. Pure.
#pragma once

#include "agent/api/faults.h"

namespace ordinal::api {

void ValidateJobStatus(const Json& body, const Json& old_body, Faults& faults);

}  // namespace ordinal::api

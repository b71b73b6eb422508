// What of a job may change.
#pragma once

#include "agent/api/faults.h"

namespace ordinal::api {

/// completions, of an indexed job together with parallelism only; the template, of a job that is suspended and was
/// never started in what places its pods: node affinity, node selector, tolerations, labels (those that its selector
/// asks for stay), annotations. The fields that never change say so themselves (fields.cc).
void ValidateJobUpdate(const Json& body, const Json& old_body, Faults& faults);

}  // namespace ordinal::api

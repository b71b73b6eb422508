// Rules of a JobSpec, in a Job or in a template of jobs.
#pragma once

#include "agent/api/faults.h"

namespace ordinal::api {

/// Defaults of a JobSpec that depend on other fields.
void DefaultJobSpec(Json& spec);

/// All but the selector, which a template has none of. `path` is the spec's.
void ValidateJobSpec(const Json& spec, const Path& path, Faults& faults);
/// podFailurePolicy, podReplacementPolicy and successPolicy.
void ValidateJobPolicies(const Json& spec, const Path& path, Faults& faults);

}  // namespace ordinal::api

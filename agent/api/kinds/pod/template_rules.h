// Rules shared by the kinds that make pods from a template: StatefulSet, DaemonSet, ReplicaSet, Deployment, Job.
#pragma once

#include <set>
#include <string>

#include "agent/api/faults.h"

namespace ordinal::api {

/// spec.selector (which must not be empty) and spec.template of a set, and that one matches the other. `claims` are the
/// names of volumeClaimTemplates, mounted like volumes.
void ValidateSelectorAndTemplate(const Json& spec, std::string_view kind, const std::set<std::string>& claims,
                                 Faults& faults);

/// A pod template at `path`, whatever restarts its pods.
void ValidatePodTemplate(const Json& pod_template, const Path& path, const std::set<std::string>& claims,
                         Faults& faults);

/// The same of a set whose pods run for ever: restartPolicy is Always, and they have no deadline.
void ValidateEndlessTemplate(const Json& pod_template, const Path& path, std::string_view kind,
                             const std::set<std::string>& claims, Faults& faults);

/// A number of pods or a percentage at `path`. Percentages above 100 are refused when `capped`.
void ValidateIntOrPercent(const Json& value, const Path& path, bool capped, Faults& faults);

/// What of the template is accepted without effect, as warnings.
void WarnOfTemplate(const Json& body, std::vector<std::string>& warnings);

}  // namespace ordinal::api

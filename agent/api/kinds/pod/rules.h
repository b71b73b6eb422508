// Rules of a PodSpec, in a Pod or in a template.
#pragma once

#include <set>
#include <string>

#include "agent/api/faults.h"

namespace ordinal::api {

/// `path` is "spec" or "spec.template.spec"; `claims` are the names of volumeClaimTemplates, mounted like volumes.
void ValidatePodSpec(const Json& spec, const Path& path, const std::set<std::string>& claims, Faults& faults);

/// `holder` has a list of tolerations; `path` is its own.
void ValidateTolerations(const Json& holder, const Path& path, Faults& faults);
/// What pods of a runtime class take beyond their containers.
void ValidateOverhead(const Json& amounts, const Path& path, Faults& faults);
/// The pod's security context, and what of it and of its containers' has to fit the rest of the pod.
void ValidatePodSecurity(const Json& spec, const Path& path, Faults& faults);

/// The annotation of probe periods (probe.h) in `metadata`, which is at `path`.
void ValidateProbePeriods(const Json& metadata, const Json& spec, const Path& path, Faults& faults);
/// Of hooks that are accepted and do nothing; `path` is the spec's.
void WarnOfHooks(const Json& spec, const std::string& path, std::vector<std::string>& warnings);
/// containers, initContainers and ephemeralContainers; `volumes` are the names that may be mounted.
void ValidateContainers(const Json& spec, const Path& path, const std::set<std::string>& volumes, Faults& faults);

/// What of a running pod's spec may change: container images, activeDeadlineSeconds (set, or lowered), additional
/// tolerations, a negative grace period to 1, and nodeName and schedulingGates while it is being placed.
/// spec.ephemeralContainers is another sub-resource's to change: ValidateEphemeralUpdate().
void ValidatePodSpecUpdate(const Json& spec, const Json& old_spec, Faults& faults);

/// How spec.ephemeralContainers may change: some may come, none may go or change.
void ValidateEphemeralUpdate(const Json& spec, const Json& old_spec, Faults& faults);

}  // namespace ordinal::api

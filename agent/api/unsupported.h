// Features of a pod that Kubernetes has and this agent does not run (docs/limits.md). The tables are in
// unsupported.cc: a feature that is built has its line removed there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/api/kind.h"

namespace ordinal::api {

/// A fault (FieldValueNotSupported) for every field of a PodSpec that asks for something the pod would silently go
/// without. `path` is where the spec stands ("spec", "spec.template.spec").
std::vector<FieldError> UnsupportedFeatures(const Json& pod_spec, std::string_view path);

/// A sentence for every field of a PodSpec that has no effect on one node and does no harm: "spec.affinity: …".
std::vector<std::string> IgnoredFeatures(const Json& pod_spec, std::string_view path);

}  // namespace ordinal::api

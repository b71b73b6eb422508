// spec.readinessGates: conditions of others that a pod's readiness waits for.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/api/kinds/pod/view.h"

namespace ordinal::api {

/// The types of conditions that have to be True, each with the status that the pod shows for it: "True", "False",
/// "Unknown", or empty where there is none.
std::vector<std::pair<std::string, std::string>> ReadinessGates(const Pod& pod);

/// Why the gates keep the pod from being ready (Ready's message, pkg/kubelet/status/generate.go); empty when they do
/// not.
std::string ClosedGates(const Pod& pod);

}  // namespace ordinal::api

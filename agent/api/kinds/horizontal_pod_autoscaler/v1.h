// autoscaling/v1 of the kind: cpu is a field there, and what v1 has no field for stands in annotations, as JSON in v1's
// words (Kubernetes: pkg/apis/autoscaling/v1/conversion.go).
#pragma once

#include <string>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::api {

/// A body of v1 becomes one of v2.
void ConvertAutoscalerV1(Json& body, std::vector<std::string>& warnings);
/// The other way.
void PresentAutoscalerV1(Json& body);

}  // namespace ordinal::api

// autoscaling/v1 of the kind: cpu is a field there, and what v1 has no field for stands in annotations, as JSON in v1's
// words (Kubernetes: pkg/apis/autoscaling/v1/conversion.go).
#pragma once

#include <string>
#include <vector>

#include "agent/api/kind.h"

namespace ordinal::api {

/// Faults of annotations that ConvertAutoscalerV1 would have to read and cannot; the reference passes over them, and so
/// loses metrics without a word.
void FindUnreadableV1(const Json& body, std::vector<FieldError>& errors);
/// Takes those annotations out; another version than v1 has fields for all of it.
void DropAutoscalerAnnotations(Json& body);
/// A body of v1 becomes one of v2; what FindUnreadableV1 finds is left out.
void ConvertAutoscalerV1(Json& body, std::vector<std::string>& warnings);
/// The other way.
void PresentAutoscalerV1(Json& body);

/// A metric: that much of the cpu that pods ask for, in percent.
Json CpuTarget(Json percent);

}  // namespace ordinal::api

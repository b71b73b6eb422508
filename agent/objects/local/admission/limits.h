// What limit ranges (core/v1 LimitRange) give and forbid. Pure. Rules and words:
// kubernetes/plugin/pkg/admission/limitranger.
#pragma once

#include <string>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::objects {

/// Gives the containers of a pod the limits and requests that they leave out, and notes in the annotation
/// kubernetes.io/limit-ranger which. False when nothing is missing.
bool FillLimits(const api::Json& limit_range, api::Json& pod);

/// What a pod asks for against the limits; each a sentence. Empty when it keeps to them.
std::vector<std::string> PodLimitFaults(const api::Json& limit_range, const api::Json& pod);
/// The same of a PersistentVolumeClaim.
std::vector<std::string> ClaimLimitFaults(const api::Json& limit_range, const api::Json& claim);

}  // namespace ordinal::objects

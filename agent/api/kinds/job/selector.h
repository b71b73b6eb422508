// The selector of a new job and the labels of its pods, which are made of its uid and its name.
#pragma once

#include <vector>

#include "agent/api/kind.h"

namespace ordinal::api {

/// Fills them in, unless the job has manualSelector; then they have to fit each other (pkg/registry/batch/job,
/// generateSelector; validation, validateGeneratedSelector).
void SelectOwnPods(Json& body, std::vector<FieldError>& errors);

}  // namespace ordinal::api

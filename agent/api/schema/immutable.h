// Fields that may not change after creation, as the schema says of them.
#pragma once

#include <vector>

#include "agent/api/kind.h"

namespace ordinal::api {

/// Appends a fault for each such field of which `body` has another value than `old_body`. Absent and empty are alike.
void CheckImmutable(const StructType& type, const Json& body, const Json& old_body, std::vector<FieldError>& errors);

}  // namespace ordinal::api

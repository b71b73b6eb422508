// Checks a document against its schema table and fills in the table's defaults, in one walk.
#pragma once

#include <vector>

#include "agent/api/kind.h"

namespace ordinal::api {

/// Appends a fault for every unknown field, wrong type, malformed quantity or time, and missing required field.
/// Absent fields with a default get it, null members are dropped, quantities are brought to their stored form.
/// With `drop_unknown`, unknown fields are also taken out of the document. False when a type was wrong, so that
/// validation of the values would be misled.
bool CheckSchema(const StructType& type, Json& body, std::vector<FieldError>& errors, bool drop_unknown = false);

}  // namespace ordinal::api

// Finding a member's field in the schema. Shared by the patches of this folder.
#pragma once

#include <algorithm>
#include <string_view>

#include "agent/api/schema.h"

namespace ordinal::api {

/// The field of that name, or null; null as well when the type is not known.
inline const Field* FindField(const StructType* type, std::string_view name) {
  if (type == nullptr) return nullptr;
  const auto found =
      std::find_if(type->fields.begin(), type->fields.end(), [&](const Field& field) { return field.name == name; });
  return found == type->fields.end() ? nullptr : &*found;
}

}  // namespace ordinal::api

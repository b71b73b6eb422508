// Finding a member's field and a list's keys in the schema.
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

/// The members by which server-side apply tells a list's items apart, with commas; "=": its values are a set.
inline std::string_view KeysOf(const Field& list) { return list.list_keys.empty() ? list.merge_key : list.list_keys; }

/// Calls `visit` with each of `keys`, which stand with commas between them.
template <class Visit>
void ForEachKey(std::string_view keys, const Visit& visit) {
  while (!keys.empty()) {
    const size_t comma = std::min(keys.find(','), keys.size());
    visit(keys.substr(0, comma));
    keys.remove_prefix(std::min(comma + 1, keys.size()));
  }
}

}  // namespace ordinal::api

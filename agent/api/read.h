// Readers shared by the typed views of this room.
#pragma once

#include "agent/api/object.h"
#include "agent/api/quantity.h"

namespace ordinal::api {

/// The member's items; an empty range when it is missing or no list.
inline const Json& Items(const Json& object, std::string_view name) {
  static const Json none = Json::array();
  const Json& list = Member(object, name);
  return list.is_array() ? list : none;
}

/// A quantity written as a string or a number; zero when it is missing or malformed.
inline Quantity ReadQuantity(const Json& object, std::string_view name) {
  const Json& value = Member(object, name);
  if (!value.is_string() && !value.is_number()) return {};
  auto quantity = Quantity::Parse(value.is_string() ? value.get_ref<const std::string&>() : value.dump());
  return quantity.ok() ? *quantity : Quantity();
}

/// The text of a number or a percentage: "1", "25%"; nothing when it is missing or of another type.
inline std::optional<std::string> ReadIntOrString(const Json& object, std::string_view name) {
  const Json& value = Member(object, name);
  if (value.is_number_integer()) return std::to_string(value.get<int64_t>());
  if (value.is_string()) return value.get<std::string>();
  return std::nullopt;
}

template <class T>
std::optional<T> ReadOptional(const Json& object, std::string_view name) {
  const Json& value = Member(object, name);
  if constexpr (std::is_same_v<T, bool>) {
    if (value.is_boolean()) return value.get<bool>();
  } else if constexpr (std::is_integral_v<T>) {
    if (value.is_number_integer()) return value.get<T>();
  } else {
    if (value.is_string()) return value.get<T>();
  }
  return std::nullopt;
}

}  // namespace ordinal::api

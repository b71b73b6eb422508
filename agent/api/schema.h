// Schemas: the fields of every kind as tables, from which decoding, unknown-field and type checks and simple
// defaults are derived (later also OpenAPI documents, patches' merge keys and `kubectl explain`).
// Tables are constexpr: they live in read-only memory and cost nothing at start.
#pragma once

#include <span>
#include <string_view>

namespace ordinal::api {

struct StructType;

enum class FieldType {
  kString,
  kInt32,
  kInt64,
  kBool,
  kNumber,
  kBytes,     ///< base64 string (RFC 4648), standard alphabet with padding
  kTime,      ///< RFC 3339 string
  kQuantity,  ///< string or number, apimachinery Quantity
  kIntOrString,
  kStruct,  ///< of `type`
  kAny,     ///< any JSON value
};

enum class Shape { kOne, kList, kMap };  ///< the field itself, a list of them, a map of string to them

struct Field {
  std::string_view name;
  FieldType type = FieldType::kString;
  Shape shape = Shape::kOne;
  const StructType* of = nullptr;  ///< of kStruct
  bool required = false;
  /// Strategic merge key of a list of structs ("name", "containerPort"); "=": a list of values merged as a set;
  /// empty: the list is replaced as a whole.
  std::string_view merge_key = {};
  std::string_view fallback = {};  ///< default as JSON text ("\"TCP\"", "10"), filled in when absent
};

struct StructType {
  std::string_view name;  ///< "Container"
  std::span<const Field> fields;
};

}  // namespace ordinal::api

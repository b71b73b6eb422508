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

/// How server-side apply sees a struct, list or map (x-kubernetes-map-type, x-kubernetes-list-type).
enum class Ownership {
  kByType,    ///< a struct as its type says, a list as its keys say, a map entry by entry
  kAtomic,    ///< owned as a whole
  kGranular,  ///< member by member, though the type says atomic
};

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
  /// The members that tell a list's items apart for server-side apply (x-kubernetes-list-map-keys), sorted, with
  /// commas: "containerPort,protocol"; empty: the merge key.
  std::string_view list_keys = {};
  Ownership ownership = Ownership::kByType;
};

struct StructType {
  std::string_view name;  ///< "Container"
  std::span<const Field> fields;
  /// For server-side apply its members have one owner together (x-kubernetes-map-type: atomic).
  bool atomic = false;
};

}  // namespace ordinal::api

// The words the schema tables are written in. Fields, numbers and pointers are those of Kubernetes 1.32 (its published
// OpenAPI document, types.go and generated.proto):
//   Tag(2, Required(List(Struct("containers", kContainer), "name")), "the containers; at least one"),
//   Tag(4, Default(String("protocol"), R"("TCP")")),
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

constexpr Field Of(std::string_view name, FieldType type, const StructType* of = nullptr) {
  Field field;
  field.name = name;
  field.type = type;
  field.of = of;
  return field;
}

constexpr Field String(std::string_view name) { return Of(name, FieldType::kString); }
constexpr Field Int32(std::string_view name) { return Of(name, FieldType::kInt32); }
constexpr Field Int64(std::string_view name) { return Of(name, FieldType::kInt64); }
constexpr Field Bool(std::string_view name) { return Of(name, FieldType::kBool); }
constexpr Field Bytes(std::string_view name) { return Of(name, FieldType::kBytes); }
constexpr Field Time(std::string_view name) { return Of(name, FieldType::kTime); }
constexpr Field MicroTime(std::string_view name) { return Of(name, FieldType::kMicroTime); }
constexpr Field Number(std::string_view name) { return Of(name, FieldType::kNumber); }
constexpr Field Quantity(std::string_view name) { return Of(name, FieldType::kQuantity); }
constexpr Field IntOrString(std::string_view name) { return Of(name, FieldType::kIntOrString); }
constexpr Field Any(std::string_view name) { return Of(name, FieldType::kAny); }
constexpr Field Struct(std::string_view name, const StructType& of) { return Of(name, FieldType::kStruct, &of); }

constexpr Field List(Field field, std::string_view merge_key = {}) {
  field.shape = Shape::kList;
  field.merge_key = merge_key;
  return field;
}
constexpr Field Map(Field field) {
  field.shape = Shape::kMap;
  return field;
}
/// Server-side apply tells the items apart by these members (sorted, with commas) instead of the merge key.
constexpr Field Keyed(Field field, std::string_view list_keys) {
  field.list_keys = list_keys;
  return field;
}
/// Server-side apply knows one owner of the whole field.
constexpr Field Atomic(Field field) {
  field.ownership = Ownership::kAtomic;
  return field;
}
/// Server-side apply looks into the struct, though its type is atomic elsewhere.
constexpr Field Granular(Field field) {
  field.ownership = Ownership::kGranular;
  return field;
}
constexpr Field Required(Field field) {
  field.required = true;
  return field;
}
/// `json` is filled in when the field is absent; an object's own defaults are then filled in too.
constexpr Field Default(Field field, std::string_view json) {
  field.fallback = json;
  return field;
}

/// Patch strategy retainKeys.
constexpr Field RetainKeys(Field field) {
  field.retains_keys = true;
  return field;
}
/// Asked for by the kind's rules, and said so in OpenAPI.
constexpr Field Listed(Field field) {
  field.listed = true;
  return field;
}
/// May not change after creation. `cause`: of the fault (faults.h), as the reference has it.
constexpr Field Immutable(Field field, std::string_view cause = "FieldValueInvalid") {
  field.immutable = cause;
  return field;
}
/// true or false may stand in place of the struct; in protobuf the number 1 of its embedded message says it.
constexpr Field OrFlag(Field field) {
  field.or_flag = true;
  return field;
}
/// A string that is one of `words`, for OpenAPI; the kind's rules ask for it.
constexpr Field OneOf(Field field, std::span<const std::string_view> words) {
  field.words = words;
  return field;
}
/// A pointer in the reference's types: in protobuf a zero is a value.
constexpr Field Optional(Field field) {
  field.optional = true;
  return field;
}
/// Refused as this agent does not do it, unless the value is `harmless` (JSON).
constexpr Field Unsupported(Field field, std::string_view what, std::string_view harmless = {}) {
  field.unsupported = what;
  field.harmless = harmless;
  return field;
}
/// Accepted with a warning, unless the value is `harmless` (JSON).
constexpr Field Ineffective(Field field, std::string_view why, std::string_view harmless = {}) {
  field.ineffective = why;
  field.harmless = harmless;
  return field;
}
/// A text for `kubectl explain`, of a field that is in no message of protobuf.
constexpr Field Said(Field field, std::string_view text) {
  field.text = text;
  return field;
}
/// The field's number in protobuf (generated.proto of its group), and a text for `kubectl explain`.
constexpr Field Tag(int number, Field field, std::string_view text = {}) {
  field.tag = number;
  return Said(field, text);
}
/// The same of a field of an embedded message, which has number `within`.
constexpr Field In(int within, int number, Field field, std::string_view text = {}) {
  field.within = within;
  return Tag(number, field, text);
}

/// Of a StructType: atomic.
inline constexpr bool kAtomic = true;

}  // namespace ordinal::api::schema

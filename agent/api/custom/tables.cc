#include "agent/api/custom/tables.h"

#include <algorithm>

#include "agent/api/kinds/shared/fields.h"
#include "agent/api/patch/typed.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::custom {
namespace {

FieldType ScalarOf(const Schema& schema) {
  if (schema.int_or_string) return FieldType::kIntOrString;
  if (schema.type == "string") return FieldType::kString;
  if (schema.type == "integer") return FieldType::kInt64;
  if (schema.type == "number") return FieldType::kNumber;
  if (schema.type == "boolean") return FieldType::kBool;
  return FieldType::kAny;
}

bool IsStruct(const Schema& schema) {
  return schema.type == "object" && schema.additional == nullptr && !schema.additional_any;
}

}  // namespace

std::string_view Tables::Keep(std::string text) { return texts_.emplace_back(std::move(text)); }

const Field* Tables::KeepField(Field field) { return &inner_.emplace_back(field); }

const StructType* Tables::Whole(const std::string& kind, const Schema& schema, const Version& version) {
  version_ = &version;
  return Struct(Keep(kind), schema, /*whole=*/true);
}

const StructType* Tables::Struct(std::string_view name, const Schema& schema, bool whole) {
  std::vector<Field>& fields = fields_.emplace_back();
  if (whole) {
    fields.push_back(schema::String("apiVersion"));
    fields.push_back(schema::String("kind"));
    fields.push_back(schema::Struct("metadata", schema::kObjectMeta));
  }
  for (const auto& [member, property] : schema.properties) {
    const bool there = whole && (member == "apiVersion" || member == "kind" || member == "metadata");
    if (!there) fields.push_back(FieldOf(Keep(member), *property));
  }
  StructType& type = types_.emplace_back();
  type.name = name;
  type.fields = fields;
  type.atomic = schema.atomic_map;
  type.open = schema.preserve_unknown;
  type.defined = version_;
  return &type;
}

Field Tables::FieldOf(std::string_view name, const Schema& schema) {
  Field field = schema::Of(name, ScalarOf(schema));
  if (schema.has_fallback()) field.fallback = Keep(schema.fallback.dump());
  if (schema.type == "array") {
    BecomeList(schema, field);
  } else if (IsStruct(schema)) {
    field.type = FieldType::kStruct;
    field.of = Struct(name, schema, schema.embedded);
  } else if (schema.type == "object") {
    BecomeMap(schema, field);
  } else if (schema.type.empty() && schema.preserve_unknown) {
    field.shape = Shape::kMap;  // where it is an object; any other value is one value
    field.item = &kDeduced;
  }
  return field;
}

void Tables::BecomeList(const Schema& schema, Field& field) {
  field.shape = Shape::kList;
  if (schema.items == nullptr) return;
  field.type = ScalarOf(*schema.items);
  if (IsStruct(*schema.items)) {
    field.type = FieldType::kStruct;
    field.of = Struct(field.name, *schema.items, schema.items->embedded);
  }
  if (schema.list_type == ListType::kSet) field.list_keys = "=";
  if (schema.list_type != ListType::kMap) return;
  std::vector<std::string> keys = schema.list_keys;
  std::sort(keys.begin(), keys.end());
  std::string text;
  for (const std::string& key : keys) text += (text.empty() ? "" : ",") + key;
  field.list_keys = Keep(std::move(text));
}

void Tables::BecomeMap(const Schema& schema, Field& field) {
  field.shape = Shape::kMap;
  if (schema.atomic_map) field.ownership = Ownership::kAtomic;
  if (schema.additional == nullptr) {
    field.item = &kDeduced;
    return;
  }
  field.item = KeepField(FieldOf("", *schema.additional));
}

}  // namespace ordinal::api::custom

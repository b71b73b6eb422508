#include "agent/api/patch/canonical.h"

#include "agent/api/patch/fields.h"
#include "agent/api/quantity.h"

namespace ordinal::api {
namespace {

void Struct(Json& value, const StructType& type);

void One(Json& value, const Field& field) {
  if (field.type == FieldType::kStruct) {
    Struct(value, *field.of);
  } else if (field.type == FieldType::kQuantity && (value.is_string() || value.is_number())) {
    auto canonical = Quantity::Canonical(value.is_string() ? value.get_ref<const std::string&>() : value.dump());
    if (canonical.ok()) value = std::move(*canonical);  // if not, decoding will say so
  }
}

/// A null is an absent field, as it is for encoding/json.
void DropNulls(Json& object) {
  for (auto member = object.begin(); member != object.end();) {
    member = member->is_null() ? object.erase(member) : std::next(member);
  }
}

void Struct(Json& value, const StructType& type) {
  if (!value.is_object()) return;
  DropNulls(value);
  for (auto member = value.begin(); member != value.end(); ++member) {
    const Field* field = FindField(&type, member.key());
    if (field == nullptr) continue;
    if (field->shape == Shape::kOne) {
      One(*member, *field);
    } else if (field->shape == Shape::kList ? member->is_array() : member->is_object()) {
      for (Json& item : *member) One(item, *field);
    }
  }
}

}  // namespace

Json Canonical(Json body, const StructType& type) {
  Struct(body, type);
  return body;
}

}  // namespace ordinal::api

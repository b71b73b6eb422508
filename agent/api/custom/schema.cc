#include "agent/api/custom/schema.h"

#include <algorithm>

#include "agent/api/read.h"

namespace ordinal::api::custom {
namespace {

std::optional<double> ReadBound(const Json& source, std::string_view name) {
  const Json& value = Member(source, name);
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

std::vector<SchemaRef> ReadSchemas(const Json& source, std::string_view name) {
  std::vector<SchemaRef> all;
  for (const Json& each : Items(source, name)) all.push_back(ReadSchema(each));
  return all;
}

void ReadShape(const Json& source, Schema& schema) {
  schema.type = ReadString(source, "type");
  schema.nullable = ReadBool(source, "nullable");
  schema.int_or_string = ReadBool(source, "x-kubernetes-int-or-string");
  schema.preserve_unknown = ReadBool(source, "x-kubernetes-preserve-unknown-fields");
  schema.embedded = ReadBool(source, "x-kubernetes-embedded-resource");
  const Json& properties = Member(source, "properties");
  if (properties.is_object()) {
    for (const auto& [name, property] : properties.items()) schema.properties.emplace(name, ReadSchema(property));
  }
  const Json& additional = Member(source, "additionalProperties");
  if (additional.is_object()) schema.additional = ReadSchema(additional);
  schema.additional_any = additional == true;
  if (Member(source, "items").is_object()) schema.items = ReadSchema(Member(source, "items"));
  if (const Json& fallback = Member(source, "default"); !fallback.is_null()) schema.fallback = fallback;
  const std::string list_type = ReadString(source, "x-kubernetes-list-type");
  if (list_type == "set") schema.list_type = ListType::kSet;
  if (list_type == "map") schema.list_type = ListType::kMap;
  schema.list_keys = ReadStrings(source, "x-kubernetes-list-map-keys");
  schema.atomic_map = ReadString(source, "x-kubernetes-map-type") == "atomic";
}

void ReadRules(const Json& source, Schema& schema) {
  schema.format = ReadString(source, "format");
  schema.required = ReadStrings(source, "required");
  for (const Json& value : Items(source, "enum")) schema.values.push_back(value);
  schema.minimum = ReadBound(source, "minimum");
  schema.maximum = ReadBound(source, "maximum");
  schema.multiple_of = ReadBound(source, "multipleOf");
  schema.above_minimum = ReadBool(source, "exclusiveMinimum");
  schema.below_maximum = ReadBool(source, "exclusiveMaximum");
  schema.min_length = ReadOptional<int64_t>(source, "minLength");
  schema.max_length = ReadOptional<int64_t>(source, "maxLength");
  schema.min_items = ReadOptional<int64_t>(source, "minItems");
  schema.max_items = ReadOptional<int64_t>(source, "maxItems");
  schema.min_properties = ReadOptional<int64_t>(source, "minProperties");
  schema.max_properties = ReadOptional<int64_t>(source, "maxProperties");
  if (const std::string pattern = ReadString(source, "pattern"); !pattern.empty()) {
    auto read = Pattern::Read(pattern);
    if (read.ok()) schema.pattern = std::move(*read);
  }
  schema.all_of = ReadSchemas(source, "allOf");
  schema.any_of = ReadSchemas(source, "anyOf");
  schema.one_of = ReadSchemas(source, "oneOf");
  if (Member(source, "not").is_object()) schema.negated = ReadSchema(Member(source, "not"));
}

}  // namespace

const Schema* Schema::Of(std::string_view member) const {
  const auto found = properties.find(member);
  return found != properties.end() ? found->second.get() : additional.get();
}

bool HasFallbacks(const Schema& schema) {
  if (schema.has_fallback()) return true;
  const auto has = [](const SchemaRef& each) { return each != nullptr && HasFallbacks(*each); };
  return has(schema.additional) || has(schema.items) ||
         std::any_of(schema.properties.begin(), schema.properties.end(),
                     [&](const auto& property) { return has(property.second); });
}

SchemaRef ReadSchema(const Json& source) {
  auto schema = std::make_shared<Schema>();
  ReadShape(source, *schema);
  ReadRules(source, *schema);
  return schema;
}

}  // namespace ordinal::api::custom

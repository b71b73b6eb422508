#include "agent/api/custom/openapi.h"

#include <vector>

#include "agent/api/read.h"

namespace ordinal::api::custom {
namespace {

// Beside what documents of version 2.0 have no words for, what clients before kubectl 1.27 stumble over.
constexpr const char* kOnlyInV3[] = {"allOf", "anyOf", "oneOf", "not"};
constexpr char kKeepsUnknown[] = "x-kubernetes-preserve-unknown-fields";

/// Nobody has to give what may be null.
void ReduceRequired(Json& schema) {
  if (!schema.contains("required")) return;
  Json required = Json::array();
  for (const Json& name : schema["required"]) {
    const Json& property = Member(Member(schema, "properties"), name.get_ref<const std::string&>());
    if (!ReadBool(property, "nullable")) required.push_back(name);
  }
  const bool of_null = ReadBool(Member(schema, "additionalProperties"), "nullable");
  if (required.empty() || of_null) {
    schema.erase("required");
  } else {
    schema["required"] = std::move(required);
  }
}

/// As ToStructuralOpenAPIV2 of pkg/controller/openapi/v2/conversion.go.
void ReduceSchema(Json& schema) {
  if (!schema.is_object()) return;
  for (const char* keyword : kOnlyInV3) schema.erase(keyword);
  const bool untyped = ReadBool(schema, "x-kubernetes-int-or-string");
  if (untyped) schema.erase("type");
  if (ReadBool(schema, "nullable")) {
    for (const char* keyword : {"items", "properties", "type"}) schema.erase(keyword);
  }
  schema.erase("nullable");
  if (ReadBool(schema, kKeepsUnknown)) {
    for (const char* keyword : {"items", "properties", "additionalProperties", "type"}) schema.erase(keyword);
  }
  if (ReadString(schema, "type") == "array" && !schema.contains("items")) schema.erase("type");
  ReduceRequired(schema);
  if (schema.contains("properties")) {
    for (auto& [name, property] : schema["properties"].items()) ReduceSchema(property);
  }
  if (schema.contains("items")) ReduceSchema(schema["items"]);
  if (Member(schema, "additionalProperties").is_boolean()) schema["additionalProperties"] = Json::object();
  if (schema.contains("additionalProperties")) ReduceSchema(schema["additionalProperties"]);
}

}  // namespace

std::string PackageOf(std::string_view group, std::string_view version) {
  std::string package;
  while (!group.empty()) {
    const size_t dot = group.rfind('.');
    const size_t start = dot == std::string_view::npos ? 0 : dot + 1;
    package += std::string(group.substr(start)) + ".";
    group = group.substr(0, dot == std::string_view::npos ? 0 : dot);
  }
  return package + std::string(version) + ".";
}

Json DefinitionOf(const Version& version, bool v3) {
  const bool open = !version.source.is_object() || (!v3 && ReadBool(version.source, kKeepsUnknown));
  if (open) return {{"type", "object"}};
  Json definition = version.source;
  if (!v3) ReduceSchema(definition);
  definition["type"] = "object";
  if (!Member(definition, "properties").is_object()) definition["properties"] = Json::object();
  return definition;
}

}  // namespace ordinal::api::custom

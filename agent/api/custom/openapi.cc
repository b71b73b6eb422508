#include "agent/api/custom/openapi.h"

#include <algorithm>
#include <vector>

#include "agent/api/read.h"

namespace ordinal::api::custom {
namespace {

// Beside what documents of version 2.0 have no words for, what clients before kubectl 1.27 stumble over.
constexpr const char* kOnlyInV3[] = {"allOf", "anyOf", "oneOf", "not", "nullable"};

void ReduceSchema(Json& schema) {
  if (!schema.is_object()) return;
  for (const char* keyword : kOnlyInV3) schema.erase(keyword);
  const bool untyped = ReadBool(schema, "x-kubernetes-int-or-string");
  if (untyped) schema.erase("type");
  if (ReadBool(schema, "x-kubernetes-preserve-unknown-fields")) {
    for (const char* keyword : {"items", "properties", "additionalProperties", "type"}) schema.erase(keyword);
  }
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
  Json definition = version.source.is_object() ? version.source : Json::object();
  if (!v3) {
    const bool open = ReadBool(definition, "x-kubernetes-preserve-unknown-fields");
    if (open) definition.erase("x-kubernetes-preserve-unknown-fields");
    ReduceSchema(definition);
    if (open) definition["x-kubernetes-preserve-unknown-fields"] = true;
  }
  definition["type"] = "object";
  if (!Member(definition, "properties").is_object()) definition["properties"] = Json::object();
  return definition;
}

}  // namespace ordinal::api::custom

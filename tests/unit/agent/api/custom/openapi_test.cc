// Schemas of custom kinds as OpenAPI 2.0 can say them (conversion.go and builder.go of apiextensions-apiserver).
#include "agent/api/custom/openapi.h"

#include <gtest/gtest.h>

namespace ordinal::api::custom {
namespace {

struct Reduced {
  const char *source, *expected;
};

constexpr Reduced kReduced[] = {
    {"null", R"({"type": "object"})"},
    {R"({"type": "object"})", R"({"type": "object", "properties": {}})"},
    {R"({"type": "object", "x-kubernetes-preserve-unknown-fields": true, "description": "d",
         "properties": {"a": {"type": "string"}}})",
     R"({"type": "object"})"},
    {R"({"type": "object", "properties": {"a": {"type": "object", "x-kubernetes-preserve-unknown-fields": true,
         "properties": {"b": {"type": "string"}}}}})",
     R"({"type": "object", "properties": {"a": {"x-kubernetes-preserve-unknown-fields": true}}})"},
    {R"({"type": "object", "required": ["a", "b"], "properties": {"b": {"type": "string", "minLength": 1},
         "a": {"type": "object", "nullable": true, "properties": {"c": {"type": "string"}}}}})",
     R"({"type": "object", "required": ["b"], "properties": {"a": {}, "b": {"type": "string", "minLength": 1}}})"},
    {R"({"type": "object", "required": ["a"], "properties": {"a": {"type": "array", "nullable": true,
         "items": {"type": "string"}}}})",
     R"({"type": "object", "properties": {"a": {}}})"},
    {R"({"type": "object", "properties": {"a": {"type": "array"}, "b": {"type": "integer", "anyOf": [{}]}}})",
     R"({"type": "object", "properties": {"a": {}, "b": {"type": "integer"}}})"},
};

TEST(CustomOpenApi, SaysWhatVersion2Can) {
  for (const Reduced& each : kReduced) {
    Version version;
    version.source = Json::parse(each.source);
    EXPECT_EQ(DefinitionOf(version, /*v3=*/false), Json::parse(each.expected)) << each.source;
    if (version.source.is_null()) continue;
    Json whole = version.source;
    if (!whole.contains("properties")) whole["properties"] = Json::object();
    EXPECT_EQ(DefinitionOf(version, /*v3=*/true), whole) << each.source;
  }
}

}  // namespace
}  // namespace ordinal::api::custom

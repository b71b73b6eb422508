// CustomResourceDefinitions themselves: what is refused, in the reference's causes. A line a rule.
#include <gmock/gmock.h>

#include "agent/api/protobuf/message.h"
#include "agent/api/protobuf/write.h"
#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::Contains;
using testing::IsEmpty;

const Json kDefinition = Json::parse(R"({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
  "metadata": {"name": "widgets.example.com"},
  "spec": {"group": "example.com", "scope": "Namespaced", "names": {"plural": "widgets", "kind": "Widget"},
    "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object",
      "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}}}}}]}})");

constexpr char kSchema[] = "/spec/versions/0/schema/openAPIV3Schema";
constexpr char kSpec[] = "/spec/versions/0/schema/openAPIV3Schema/properties/spec";

struct DefinitionCase {
  const char *pointer, *value, *fault;
};

class DefinitionRules : public testing::TestWithParam<DefinitionCase> {};

TEST_P(DefinitionRules, AreChecked) {
  const DefinitionCase& rule = GetParam();
  Json body = kDefinition;
  body[Json::json_pointer(rule.pointer)] = Json::parse(rule.value);
  EXPECT_THAT(Causes(MustFail(body).errors), Contains(std::string(rule.fault)));
}

const DefinitionCase kDefinitionRules[] = {
    {"/metadata/name", R"("widgets.other.com")", "metadata.name FieldValueInvalid"},
    {"/spec/group", R"("example")", "spec.group FieldValueInvalid"},
    {"/spec/group", R"("rbac.authorization.k8s.io")", "spec.group FieldValueNotSupported"},
    {"/spec/group", R"("widgets.k8s.io")", "metadata.annotations[api-approved.kubernetes.io] FieldValueRequired"},
    {"/spec/scope", R"("Everywhere")", "spec.scope FieldValueNotSupported"},
    {"/spec/names/kind", R"("")", "spec.names.kind FieldValueRequired"},
    {"/spec/names/listKind", R"("Widget")", "spec.names.listKind FieldValueInvalid"},
    {"/spec/names/shortNames", R"(["W"])", "spec.names.shortNames[0] FieldValueInvalid"},
    {"/spec/versions/0/storage", "false", "spec.versions FieldValueInvalid"},
    {"/spec/versions/0/schema", "{}", "spec.versions[0].schema.openAPIV3Schema FieldValueRequired"},
    {"/spec/conversion", R"({"strategy": "Webhook"})", "spec.conversion.strategy FieldValueNotSupported"},
    {"/spec/preserveUnknownFields", "true", "spec.preserveUnknownFields FieldValueInvalid"},
    {kSchema, R"({"type": "string"})", "spec.validation.openAPIV3Schema.type FieldValueInvalid"},
    {kSpec, "{}", "spec.validation.openAPIV3Schema.properties[spec].type FieldValueRequired"},
    {kSpec, R"({"type": "strange"})", "spec.validation.openAPIV3Schema.properties[spec].type FieldValueNotSupported"},
    {kSpec, R"({"type": "array"})", "spec.validation.openAPIV3Schema.properties[spec].items FieldValueRequired"},
    {kSpec, R"x({"type": "string", "pattern": "a(?=b)"})x",
     "spec.validation.openAPIV3Schema.properties[spec].pattern FieldValueInvalid"},
    {kSpec, R"({"type": "string", "$ref": "x"})",
     "spec.validation.openAPIV3Schema.properties[spec].$ref FieldValueForbidden"},
    {kSpec, R"({"type": "array", "uniqueItems": true, "items": {"type": "string"}})",
     "spec.validation.openAPIV3Schema.properties[spec].uniqueItems FieldValueForbidden"},
    {kSpec,
     R"({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "string"}})",
     "spec.validation.openAPIV3Schema.properties[spec].additionalProperties FieldValueForbidden"},
    {kSpec, R"({"type": "integer", "default": "x"})",
     "spec.validation.openAPIV3Schema.properties[spec].default FieldValueInvalid"},
    {kSpec, R"({"type": "object", "anyOf": [{"properties": {"a": {"minimum": 1}}}]})",
     "spec.validation.openAPIV3Schema.properties[spec].properties[a] FieldValueRequired"},
    {kSpec, R"({"type": "integer", "anyOf": [{"type": "integer"}]})",
     "spec.validation.openAPIV3Schema.properties[spec].anyOf[0].type FieldValueForbidden"},
    {kSpec, R"({"type": "string", "x-kubernetes-list-type": "set"})",
     "spec.validation.openAPIV3Schema.properties[spec].type FieldValueInvalid"},
    {kSpec, R"({"type": "array", "items": {"type": "object"}, "x-kubernetes-list-type": "map"})",
     "spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-list-map-keys FieldValueRequired"},
    {kSpec, R"({"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
                "items": {"type": "object", "properties": {"k": {"type": "string"}}}})",
     "spec.validation.openAPIV3Schema.properties[spec].items.properties[k].default FieldValueRequired"},
    {kSpec, R"({"type": "object", "x-kubernetes-preserve-unknown-fields": false})",
     "spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-preserve-unknown-fields FieldValueInvalid"},
    {kSpec, R"({"type": "object", "x-kubernetes-embedded-resource": true})",
     "spec.validation.openAPIV3Schema.properties[spec].properties FieldValueRequired"},
    {"/spec/versions/0/schema/openAPIV3Schema/properties/metadata",
     R"({"type": "object", "properties": {"labels": {"type": "object"}}})",
     "spec.validation.openAPIV3Schema.properties[metadata] FieldValueForbidden"},
    {"/spec/versions/0/subresources", R"({"scale": {"specReplicasPath": ".a", "statusReplicasPath": ".status.a"}})",
     "spec.subresources.scale.specReplicasPath FieldValueInvalid"},
    {"/spec/versions/0/additionalPrinterColumns", R"([{"name": "A", "type": "text", "jsonPath": ".spec"}])",
     "spec.additionalPrinterColumns[0].type FieldValueInvalid"},
    {"/spec/versions/0/additionalPrinterColumns", R"([{"name": "A", "type": "string", "jsonPath": "spec"}])",
     "spec.additionalPrinterColumns[0].JSONPath FieldValueInvalid"},
    {"/spec/versions/0/selectableFields", R"([{"jsonPath": ".spec.none"}])",
     "spec.selectableFields[0].jsonPath FieldValueInvalid"},
    {kSpec, R"({"type": "object", "shape": 1})",
     "spec.versions[0].schema.openAPIV3Schema.properties[spec].shape UnknownField"},
};
INSTANTIATE_TEST_SUITE_P(Rules, DefinitionRules, testing::ValuesIn(kDefinitionRules));

TEST(Definition, IsCompletedAndTellsOfRulesThatNobodyEvaluates) {
  Json body = kDefinition;
  body[Json::json_pointer(kSpec)]["x-kubernetes-validations"] = Json::parse(R"([{"rule": "self.size > 0"}])");
  const Decoded decoded = MustDecode(body);
  EXPECT_EQ(decoded.body["spec"]["names"],
            Json::parse(R"({"plural": "widgets", "kind": "Widget", "singular": "widget", "listKind": "WidgetList"})"));
  EXPECT_EQ(decoded.body["spec"]["conversion"], Json({{"strategy", "None"}}));
  EXPECT_THAT(decoded.warnings,
              testing::ElementsAre("spec.versions[0].schema.openAPIV3Schema.properties[spec].x-kubernetes-validations: "
                                   "this agent does not evaluate the rule self.size > 0"));
}

TEST(Definition, KeepsWhatObjectsAreStoredBy) {
  const KindInfo& kind = *FindKind("CustomResourceDefinition");
  Json before = MustDecode(kDefinition).body;
  before["status"] =
      Json::parse(R"({"conditions": [{"type": "Established", "status": "True"}], "storedVersions": ["v1"]})");
  EXPECT_THAT(ValidateUpdate(kind, before, before), IsEmpty());
  Json scope = before, kind_name = before, version = before;
  scope["spec"]["scope"] = "Cluster";
  kind_name["spec"]["names"]["kind"] = "Gadget";
  version["spec"]["versions"][0]["name"] = "v2";
  EXPECT_THAT(Causes(ValidateUpdate(kind, scope, before)), Contains("spec.scope FieldValueInvalid"));
  EXPECT_THAT(Causes(ValidateUpdate(kind, kind_name, before)), Contains("spec.names.kind FieldValueInvalid"));
  EXPECT_THAT(Causes(ValidateUpdate(kind, version, before)), Contains("status.storedVersions[0] FieldValueInvalid"));
}

std::string PartOfMessage(int number, const std::string& bytes) {
  std::string text;
  for (unsigned tag = static_cast<unsigned>(number) << 3 | 2; true; tag >>= 7) {
    text += static_cast<char>(tag > 127 ? (tag & 127) | 128 : tag);
    if (tag <= 127) break;
  }
  return text + static_cast<char>(bytes.size()) + bytes;
}

const StructType* TypeOfSchemas() {
  const StructType* schema = &SchemaOf(*FindKind("CustomResourceDefinition"), "apiextensions.k8s.io/v1");
  const auto member = [&](const char* name) {
    for (const Field& field : schema->fields) {
      if (field.name == name) schema = field.of;
    }
  };
  for (const char* name : {"spec", "versions", "schema", "openAPIV3Schema"}) member(name);
  return schema;
}

TEST(Definition, SchemasSayZeroInProtobufToo) {
  for (const char* text :
       {R"({"default": false})", R"({"default": 0})", R"({"default": ""})", R"({"default": {}})", R"({"default": []})",
        R"({"example": 0})", R"({"items": {}})", R"({"additionalProperties": {}})", R"({"additionalProperties": true})",
        R"({"additionalProperties": false})", R"({"not": {}})", R"({"enum": [0, "", false]})",
        R"({"properties": {"a": {}}})", R"({"maxLength": 0, "minimum": 0.0})"}) {
    std::string message;
    protobuf::AppendMessage(*TypeOfSchemas(), text, message);
    const auto read = protobuf::ReadMessage(*TypeOfSchemas(), message);
    ASSERT_TRUE(read.ok()) << text;
    EXPECT_EQ(*read, Json::parse(text));
  }
}

TEST(Definition, SchemasAreReadInProtobuf) {
  const StructType* schema = TypeOfSchemas();
  const std::string text = PartOfMessage(5, "string") + PartOfMessage(8, PartOfMessage(1, R"("x")"));
  const std::string open("\x08\x01", 2);  // allows: true
  const std::string message = PartOfMessage(24, PartOfMessage(1, text)) + PartOfMessage(30, open);
  const auto read = protobuf::ReadMessage(*schema, message);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, Json::parse(R"({"items": {"type": "string", "default": "x"}, "additionalProperties": true})"));
  const auto of_map = protobuf::ReadMessage(*schema, PartOfMessage(30, open + PartOfMessage(2, text)));
  ASSERT_TRUE(of_map.ok());
  EXPECT_EQ((*of_map)["additionalProperties"]["type"], "string");
}

}  // namespace
}  // namespace ordinal::api

// The schemas of versions (JSONSchemaProps).
#include "agent/api/kinds/custom_resource_definition/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kJSONSchemaPropsFields[] = {
    Tag(3, Optional(String("$ref"))),
    Tag(2, String("$schema")),
    In(33, 2, OrFlag(Optional(Struct("additionalItems", kJSONSchemaProps)))),
    In(30, 2, OrFlag(Optional(Struct("additionalProperties", kJSONSchemaProps))), "the schema of all entries of a map"),
    Tag(25, List(Struct("allOf", kJSONSchemaProps)), "schemas that a value has to obey all"),
    Tag(27, List(Struct("anyOf", kJSONSchemaProps)), "schemas of which a value has to obey one or more"),
    Tag(8, Optional(Any("default")), "the value where there is none"),
    Tag(34, Map(Struct("definitions", kJSONSchemaProps))),
    Tag(32, Map(Any("dependencies"))),
    Tag(4, String("description"), "what `kubectl explain` says"),
    Tag(20, List(Any("enum")), "the values that are allowed"),
    Tag(36, Optional(Any("example"))),
    Tag(10, Bool("exclusiveMaximum")),
    Tag(12, Bool("exclusiveMinimum")),
    Tag(35, Optional(Struct("externalDocs", kExternalDocumentation))),
    Tag(6, String("format"), "the form of a text or number: date-time, int32, …"),
    Tag(1, String("id")),
    In(24, 1, Optional(Struct("items", kJSONSchemaProps)), "the schema of a list's items"),
    Tag(16, Optional(Int64("maxItems"))),
    Tag(13, Optional(Int64("maxLength"))),
    Tag(21, Optional(Int64("maxProperties"))),
    Tag(9, Optional(Number("maximum"))),
    Tag(17, Optional(Int64("minItems"))),
    Tag(14, Optional(Int64("minLength"))),
    Tag(22, Optional(Int64("minProperties"))),
    Tag(11, Optional(Number("minimum"))),
    Tag(19, Optional(Number("multipleOf"))),
    Tag(28, Optional(Struct("not", kJSONSchemaProps)), "a schema that a value must not obey"),
    Tag(37, Bool("nullable"), "whether null is a value"),
    Tag(26, List(Struct("oneOf", kJSONSchemaProps)), "schemas of which a value has to obey exactly one"),
    Tag(15, String("pattern"), "a regular expression (RE2) that a text has to match"),
    Tag(31, Map(Struct("patternProperties", kJSONSchemaProps))),
    Tag(29, Map(Struct("properties", kJSONSchemaProps)), "the members of an object"),
    Tag(23, Atomic(List(String("required"))), "the members that must be there"),
    Tag(7, String("title")),
    Tag(5, String("type"), "object, array, string, integer, number or boolean"),
    Tag(18, Bool("uniqueItems")),
    Tag(39, Bool("x-kubernetes-embedded-resource"), "the value is an object with apiVersion, kind and metadata"),
    Tag(40, Bool("x-kubernetes-int-or-string"), "the value is a whole number or a text"),
    Tag(41, Atomic(List(String("x-kubernetes-list-map-keys"))), "the members that tell a list's items apart"),
    Tag(42, Optional(String("x-kubernetes-list-type")), "atomic, set or map"),
    Tag(43, Optional(String("x-kubernetes-map-type")), "granular or atomic"),
    Tag(38, Optional(Bool("x-kubernetes-preserve-unknown-fields")), "members that the schema does not name are kept"),
    Tag(44, Keyed(List(Struct("x-kubernetes-validations", kValidationRule), "rule"), "rule"),
        "rules in CEL, which this agent does not evaluate"),
};

constexpr Field kExternalDocumentationFields[] = {
    Tag(1, String("description")),
    Tag(2, String("url")),
};

constexpr Field kValidationRuleFields[] = {
    Tag(5, String("fieldPath")),         Tag(2, String("message")),
    Tag(3, String("messageExpression")), Tag(6, Optional(Bool("optionalOldSelf"))),
    Tag(4, Optional(String("reason"))),  Tag(1, Listed(String("rule"))),
};

}  // namespace

constinit const StructType kJSONSchemaProps{"JSONSchemaProps", kJSONSchemaPropsFields,
                                            "a schema (JSON Schema, with extensions of Kubernetes)"};
constinit const StructType kExternalDocumentation{"ExternalDocumentation", kExternalDocumentationFields};
constinit const StructType kValidationRule{"ValidationRule", kValidationRuleFields};

}  // namespace ordinal::api::schema

// Objects of custom kinds: pruned, completed and checked by their schemas, in the reference's words. A line a rule.
#include <gmock/gmock.h>

#include "agent/api/custom/check.h"
#include "agent/api/custom/formats.h"
#include "agent/api/custom/json_path.h"
#include "agent/api/custom/prune.h"
#include "agent/api/custom/version_order.h"

namespace ordinal::api::custom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

SchemaRef SchemaWith(const char* properties) {
  return ReadSchema({{"type", "object"}, {"properties", Json::parse(properties)}});
}

std::vector<std::string> FaultsSaid(const Schema& schema, const Json& value) {
  std::vector<FieldError> errors;
  CheckValue(schema, value, "", errors);
  std::vector<std::string> said;
  for (const FieldError& error : errors) said.push_back(error.field + " " + error.cause + " " + error.message);
  return said;
}

struct PropertyCase {
  const char *property, *good, *bad, *fault;
};

class Values : public testing::TestWithParam<PropertyCase> {};

TEST_P(Values, AreJudgedByTheirSchema) {
  const PropertyCase& rule = GetParam();
  const SchemaRef schema = SchemaWith((R"({"a": )" + std::string(rule.property) + "}").c_str());
  EXPECT_THAT(FaultsSaid(*schema, {{"a", Json::parse(rule.good)}}), IsEmpty());
  EXPECT_THAT(FaultsSaid(*schema, {{"a", Json::parse(rule.bad)}}), testing::Contains(rule.fault));
}

const PropertyCase kValueRules[] = {
    {R"({"type": "integer"})", "1", R"("x")",
     R"(a FieldValueTypeInvalid Invalid value: "string": a in body must be of type integer: "string")"},
    {R"({"type": "string"})", R"("x")", "null",
     R"(a FieldValueTypeInvalid Invalid value: "null": a in body must be of type string: "null")"},
    {R"({"type": "string", "nullable": true})", "null", "1",
     R"(a FieldValueTypeInvalid Invalid value: "integer": a in body must be of type string: "integer")"},
    {R"({"type": "number"})", "1", "true",
     R"(a FieldValueTypeInvalid Invalid value: "boolean": a in body must be of type number: "boolean")"},
    {R"({"x-kubernetes-int-or-string": true})", R"("25%")", "1.5",
     R"(a FieldValueTypeInvalid Invalid value: "number": a in body must be of type integer,string: "number")"},
    {R"({"type": "string", "enum": ["a", "b"]})", R"("b")", R"("c")",
     R"(a FieldValueNotSupported Unsupported value: "c": supported values: "a", "b")"},
    {R"({"type": "string", "maxLength": 2})", R"("äb")", R"("abc")",
     "a FieldValueTooLong Too long: may not be more than 2 bytes"},
    {R"({"type": "string", "minLength": 2})", R"("ab")", R"("a")",
     R"(a FieldValueInvalid Invalid value: "a": a in body should be at least 2 chars long)"},
    {R"({"type": "string", "pattern": "^x+$"})", R"("xx")", R"("y")",
     R"(a FieldValueInvalid Invalid value: "y": a in body should match '^x+$')"},
    {R"({"type": "string", "format": "date-time"})", R"("2026-01-01T00:00:00Z")", R"("soon")",
     R"(a FieldValueInvalid Invalid value: "soon": a in body must be of type date-time: "soon")"},
    {R"({"type": "integer", "minimum": 1})", "1", "0",
     "a FieldValueInvalid Invalid value: 0: a in body should be greater than or equal to 1"},
    {R"({"type": "integer", "minimum": 1, "exclusiveMinimum": true})", "2", "1",
     "a FieldValueInvalid Invalid value: 1: a in body should be greater than 1"},
    {R"({"type": "number", "maximum": 1.5})", "1.5", "2",
     "a FieldValueInvalid Invalid value: 2: a in body should be less than or equal to 1.5"},
    {R"({"type": "integer", "multipleOf": 3})", "9", "10",
     "a FieldValueInvalid Invalid value: 10: a in body should be a multiple of 3"},
    {R"({"type": "integer", "format": "int32"})", "2147483647", "2147483648",
     "a FieldValueInvalid Invalid value: 2147483648: Checked value must be of type integer with format int32 in a"},
    {R"({"type": "array", "items": {"type": "integer"}, "maxItems": 1})", "[1]", "[1, 2]",
     "a FieldValueTooMany Too many: 2: must have at most 1 items"},
    {R"({"type": "array", "items": {"type": "integer"}})", "[1]", R"([1, "b"])",
     R"(a[1] FieldValueTypeInvalid Invalid value: "string": a[1] in body must be of type integer: "string")"},
    {R"({"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"})", R"(["x"])", R"(["x", "x"])",
     R"(a[1] FieldValueDuplicate Duplicate value: "x")"},
    {R"({"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
         "items": {"type": "object", "properties": {"k": {"type": "string"}}}})",
     R"([{"k": "x"}, {"k": "y"}])", R"([{"k": "x"}, {"k": "x"}])",
     R"(a[1] FieldValueDuplicate Duplicate value: {"k":"x"})"},
    {R"({"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}})", R"({"b": ""})", "{}",
     "a.b FieldValueRequired Required value"},
    {R"({"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 1})", R"({"x": "y"})",
     R"({"x": "y", "z": "y"})",
     R"(a FieldValueInvalid Invalid value: {"x":"y","z":"y"}: a in body should have at most 1 properties)"},
    {R"({"type": "integer", "anyOf": [{"minimum": 5}, {"maximum": 1}]})", "1", "3",
     R"(<nil> FieldValueInvalid Invalid value: "": "a" must validate at least one schema (anyOf))"},
    {R"({"type": "integer", "oneOf": [{"minimum": 5}, {"minimum": 3}]})", "4", "6",
     R"(<nil> FieldValueInvalid Invalid value: "": "a" must validate one and only one schema (oneOf). Found 2 valid alternatives)"},
    {R"({"type": "integer", "allOf": [{"minimum": 5}]})", "5", "4",
     R"(<nil> FieldValueInvalid Invalid value: "": "a" must validate all the schemas (allOf). None validated)"},
    {R"({"type": "integer", "not": {"minimum": 5}})", "4", "5",
     R"(<nil> FieldValueInvalid Invalid value: "": "a" must not validate the schema (not))"},
    {R"({"type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true})",
     R"({"apiVersion": "v1", "kind": "Pod"})", R"({"apiVersion": "v1"})",
     "a.kind FieldValueRequired Required value: must not be empty"},
};
INSTANTIATE_TEST_SUITE_P(Rules, Values, testing::ValuesIn(kValueRules));

struct PruneCase {
  const char *properties, *before, *after;
  std::vector<std::string> dropped;
};

TEST(Pruning, TakesWhatTheSchemaDoesNotName) {
  const PruneCase cases[] = {
      {R"({"a": {"type": "string"}})",
       R"({"kind": "K", "metadata": {"x": 1}, "a": "b", "c": 1})",
       R"({"kind": "K", "metadata": {"x": 1}, "a": "b"})",
       {"c"}},
      {R"({"a": {"type": "array", "items": {"type": "object", "properties": {"x": {"type": "string"}}}}})",
       R"({"a": [{"x": "y", "z": 1}]})",
       R"({"a": [{"x": "y"}]})",
       {"a[0].z"}},
      {R"({"a": {"type": "object", "x-kubernetes-preserve-unknown-fields": true,
           "properties": {"x": {"type": "object"}}}})",
       R"({"a": {"b": {"c": 1}, "x": {"y": 1}}})",
       R"({"a": {"b": {"c": 1}, "x": {}}})",
       {"a.x.y"}},
      {R"({"a": {"type": "object", "additionalProperties": {"type": "object"}}})",
       R"({"a": {"k": {"x": 1}}})",
       R"({"a": {"k": {}}})",
       {"a.k.x"}},
      {R"({"a": {"type": "object", "x-kubernetes-embedded-resource": true, "properties": {"spec": {"type": "object"}}}})",
       R"({"a": {"kind": "K", "metadata": {}, "more": 1}})",
       R"({"a": {"kind": "K", "metadata": {}}})",
       {"a.more"}},
  };
  for (const PruneCase& each : cases) {
    Json value = Json::parse(each.before);
    EXPECT_EQ(Prune(*SchemaWith(each.properties), value), each.dropped);
    EXPECT_EQ(value, Json::parse(each.after)) << each.properties;
  }
}

TEST(Nulls, GoWhereTheyStandForNothing) {
  const SchemaRef schema = SchemaWith(R"({"gone": {"type": "string"}, "kept": {"type": "string", "nullable": true},
    "filled": {"type": "integer", "default": 3}, "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
    "map": {"type": "object", "additionalProperties": {"type": "string"}},
    "list": {"type": "array", "items": {"type": "object", "properties": {"x": {"type": "string"}}}}})");
  Json value = Json::parse(R"({"metadata": null, "gone": null, "kept": null, "filled": null, "free": {"a": null},
    "map": {"a": null, "b": "c"}, "list": [null, {"x": null}]})");
  DropNulls(*schema, value);
  EXPECT_EQ(value, Json::parse(R"({"metadata": null, "kept": null, "filled": null, "free": {"a": null},
    "map": {"b": "c"}, "list": [null, {}]})"));
}

TEST(Faults, OfWhatStaysAsItWasAreExcused) {
  struct Case {
    const char *properties, *old, *next;
    bool excused;
  };
  constexpr const char* kNumber = R"({"a": {"type": "integer", "minimum": 5}, "b": {"type": "string"}})";
  constexpr const char* kTexts = R"({"a": {"type": "string", "enum": ["x"]}, "b": {"type": "string"}})";
  constexpr const char* kMap = R"({"l": {"type": "array", "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["k"], "items": {"type": "object", "properties": {"k": {"type": "string"},
    "v": {"type": "integer", "minimum": 5}}}}})";
  constexpr const char* kAtomic = R"({"l": {"type": "array", "items": {"type": "integer", "minimum": 5}}})";
  const Case cases[] = {
      {kNumber, R"({"a": 1})", R"({"a": 1, "b": "x"})", true},
      {kNumber, R"({"a": 1})", R"({"a": 2})", false},
      {kTexts, R"({"a": "y"})", R"({"a": "y", "b": "x"})", true},
      {R"({"a": {"type": "string"}})", R"({"a": 1})", R"({"a": 2})", false},  // the message is the same
      {kMap, R"({"l": [{"k": "a", "v": 1}]})", R"({"l": [{"k": "b", "v": 7}, {"k": "a", "v": 1}]})", true},
      {kMap, R"({"l": [{"k": "a", "v": 1}]})", R"({"l": [{"k": "b", "v": 1}]})", false},
      {kAtomic, R"({"l": [1]})", R"({"l": [1, 6]})", false},
  };
  for (const Case& each : cases) {
    const Json old = Json::parse(each.old);
    std::vector<FieldError> errors;
    CheckValue(*SchemaWith(each.properties), Json::parse(each.next), "", errors, &old);
    EXPECT_EQ(errors.empty(), each.excused) << each.properties << each.next;
  }
}

TEST(Defaults, FillWhatIsLeftOut) {
  const SchemaRef schema = SchemaWith(R"({"a": {"type": "object", "default": {}, "properties": {
      "b": {"type": "integer", "default": 3}, "n": {"type": "string", "nullable": true, "default": "x"}}},
    "list": {"type": "array", "items": {"type": "object", "properties": {"p": {"type": "string", "default": "TCP"}}}}})");
  Json value = Json::parse(R"({"list": [{}, {"p": "UDP"}, {"p": null}]})");
  FillDefaults(*schema, value);
  EXPECT_EQ(value, Json::parse(R"({"a": {"b": 3, "n": "x"}, "list": [{"p": "TCP"}, {"p": "UDP"}, {"p": "TCP"}]})"));
  Json nulls = Json::parse(R"({"a": {"b": null, "n": null}})");
  FillDefaults(*schema, nulls);
  EXPECT_EQ(nulls, Json::parse(R"({"a": {"b": 3, "n": null}})"));
}

TEST(Formats, AreThoseOfTheReference) {
  struct Case {
    const char *format, *good, *bad;
  };
  const Case cases[] = {
      {"date", "2026-02-28", "2026-02-31"},
      {"duration", "1h30m", "soon"},
      {"ipv4", "10.0.0.1", "::1"},
      {"ipv6", "::1", "10.0.0.1"},
      {"cidr", "10.0.0.0/8", "10.0.0.0/33"},
      {"mac", "01:23:45:67:89:ab", "01:23"},
      {"email", "a@example.com", "example"},
      {"hostname", "a.example.com", "a_b"},
      {"uri", "https://example.com/x", "x y"},
      {"byte", "c2VjcmV0", "*"},
      {"hexcolor", "#ffcc00", "#xyz"},
      {"uuid4", "00000000-0000-4000-8000-000000000000", "1"},
  };
  for (const Case& each : cases) {
    EXPECT_TRUE(HasFormat(each.format, each.good)) << each.format;
    EXPECT_FALSE(HasFormat(each.format, each.bad)) << each.format;
  }
  EXPECT_TRUE(HasFormat("of-somebody", "anything"));
}

TEST(JsonPath, FindsWhatColumnsShow) {
  const Json document = Json::parse(R"({"spec": {"a.b": 1, "c": {"d": 3}, "list": [
    {"n": "x", "v": 1, "at": {"k": "P"}}, {"n": "y", "v": 2, "at": {"k": "Q"}, "w": 2}]}})");
  const auto found = [&](const char* text) {
    const auto path = JsonPath::Read(text);
    Json values = Json::array();
    if (!path.ok()) return Json(path.error().message);
    for (const Json* each : path->Find(document)) values.push_back(*each);
    return values;
  };
  EXPECT_EQ(found(R"(.spec.list[?(@.n=="y")].v)"), Json({2}));
  EXPECT_EQ(found(".spec.list[-1].n"), Json({"y"}));
  EXPECT_EQ(found(".spec.list[*].v"), Json({1, 2}));
  EXPECT_EQ(found(R"(.spec.a\.b)"), Json({1}));
  EXPECT_EQ(found(R"(.spec['a\.b'])"), Json({1}));
  EXPECT_EQ(found(".spec['c.d']"), Json({3}));
  EXPECT_EQ(found(".spec.list[-1:].n"), Json({"y"}));
  EXPECT_EQ(found(".spec.list[:1].n"), Json({"x"}));
  EXPECT_EQ(found(".spec.list[::2].n"), Json({"x"}));
  EXPECT_EQ(found(".spec.list[1:9].n"), Json::array());
  EXPECT_EQ(found(".spec.list[0,1].v"), Json({1, 2}));
  EXPECT_EQ(found(".spec.list[0]['n','v']"), Json({"x", 1}));
  EXPECT_EQ(found("..k"), Json({"P", "Q"}));
  EXPECT_EQ(found(".spec..v"), Json({1, 2}));
  EXPECT_EQ(found(".spec.list[?(@.w)].n"), Json({"y"}));
  EXPECT_EQ(found(R"(.spec.list[?(@.at.k=="P")].n)"), Json({"x"}));
  EXPECT_EQ(found(".spec.list[?(@.v>=2)].n"), Json({"y"}));
  EXPECT_EQ(found(".spec.list[?(@.v==@.w)].n"), Json({"y"}));
  EXPECT_EQ(found(".spec.list[?(@.w!='a')].n"), Json::array());  // a number and a text do not compare
  EXPECT_EQ(found(".spec.none.more"), Json::array());
  EXPECT_EQ(found("spec"), Json("the path \"spec\" wants '.' or '[' at character 1"));
}

TEST(VersionOrder, IsThatOfDiscovery) {
  std::vector<std::string> versions = {"foo1", "v12alpha1", "v3beta1",  "v1",        "v11beta2",
                                       "v10",  "foo10",     "v10beta3", "v11alpha2", "v2"};
  std::sort(versions.begin(), versions.end(), IsPreferred);
  EXPECT_THAT(versions, ElementsAre("v10", "v2", "v1", "v11beta2", "v10beta3", "v3beta1", "v12alpha1", "v11alpha2",
                                    "foo1", "foo10"));
}

}  // namespace
}  // namespace ordinal::api::custom

// Documents written in protobuf are read as what they were: every recorded object, and what recordings do not have.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "agent/api/kind.h"
#include "agent/api/protobuf/json_scan.h"
#include "agent/api/protobuf/message.h"
#include "agent/api/protobuf/write.h"

namespace ordinal::api {
namespace {

bool SaysNothing(const Json& value) {
  return value.is_null() || value == "" || value == 0 || value == false || (value.is_structured() && value.empty());
}

/// Without members that are zero: in protobuf they are the same as absent ones, but for pointers, which have cases of
/// their own below.
Json Sayings(const Json& value) {
  if (!value.is_structured()) return value;
  Json kept = value.is_array() ? Json::array() : Json::object();
  for (const auto& [name, member] : value.items()) {
    Json said = Sayings(member);
    if (value.is_array()) {
      kept.push_back(std::move(said));
    } else if (!SaysNothing(said)) {
      kept[name] = std::move(said);
    }
  }
  return kept;
}

Json Rewritten(const StructType& type, const Json& body) {
  std::string bytes;
  protobuf::AppendMessage(type, body.dump(), bytes);
  auto read = protobuf::ReadMessage(type, bytes);
  EXPECT_TRUE(read.ok()) << body.dump();
  return read.ok() ? *read : Json();
}

/// What a message has no fields for: what the object is, and its claim templates.
void WithoutTypes(Json& object) {
  const auto drop = [](Json& each) {
    each.erase("kind");
    each.erase("apiVersion");
  };
  drop(object);
  if (!Member(Member(object, "spec"), "volumeClaimTemplates").is_array()) return;
  for (Json& claim : object["spec"]["volumeClaimTemplates"]) drop(claim);
}

std::vector<Json> ObjectsOf(const Json& document) {
  if (!document.is_object()) return {};
  if (!document.contains("items")) return {document};
  return document["items"].get<std::vector<Json>>();
}

TEST(ProtobufWrite, EveryRecordedObjectIsReadBack) {
  std::map<std::string, int> kinds;
  for (const char* folder : {"controllers", "podsync", "api", "node", "patch"}) {
    const auto files = std::filesystem::recursive_directory_iterator(std::string(ORDINAL_TEST_DATA) + "/" + folder);
    for (const auto& file : files) {
      if (file.path().extension() != ".json") continue;
      std::ifstream stream(file.path());
      for (Json object : ObjectsOf(Json::parse(stream))) {
        const KindInfo* kind = object.is_object() ? FindKind(ReadString(object, "kind")) : nullptr;
        if (kind == nullptr || ReadString(object, "apiVersion") != ApiVersion(*kind)) continue;
        ++kinds[std::string(kind->kind)];
        const Json read = Rewritten(*kind->schema, object);
        WithoutTypes(object);
        EXPECT_EQ(Sayings(read), Sayings(object)) << file.path() << "\n" << Json::diff(Sayings(object), Sayings(read));
      }
    }
  }
  for (const char* kind : {"Pod", "StatefulSet", "Service", "EndpointSlice", "PersistentVolume",
                           "PersistentVolumeClaim", "ControllerRevision"}) {
    EXPECT_GT(kinds[kind], 0) << kind;
  }
}

TEST(ProtobufWrite, ValuesOfEveryType) {
  const struct {
    const char* kind;
    const char* body;
  } cases[] = {
      // A pointer's zero is there, and so are two members of one embedded message.
      {"StatefulSet", R"({"spec":{"replicas":0,"template":{"spec":{"securityContext":{"runAsUser":0}}}}})"},
      {"Pod", R"({"spec":{"ephemeralContainers":[{"image":"i","name":"d","targetContainerName":"c","tty":true}]}})"},
      {"Pod", R"({"spec":{"volumes":[{"name":"v","projected":{"sources":[{"secret":{"name":"s","optional":false,
                  "items":[{"key":"k","mode":-1,"path":"p"}]}}]}}]}})"},
      {"Secret", R"({"data":{"a":"","b":"AAH/","c\"d":"eA=="},"type":"Opaque"})"},
      {"ConfigMap", R"({"data":{"long":"a line\nof \"quotes\" \\ and \u00e9 \ud83d\ude00 \u0001"}})"},
      {"Service", R"({"spec":{"ports":[{"port":80,"targetPort":"web"},{"port":81,"targetPort":8081}]}})"},
      {"Lease", R"({"spec":{"renewTime":"2026-11-21T23:15:36.000123Z","leaseDurationSeconds":40}})"},
      {"Pod", R"({"metadata":{"creationTimestamp":"1969-12-31T23:00:00Z","name":"old"}})"},
      {"PersistentVolumeClaim", R"({"spec":{"resources":{"requests":{"storage":"1Gi"}}}})"},
      // Maps of lists of words; schemas: true or false in place of one, and null among the values that are allowed.
      {"CertificateSigningRequest",
       R"({"spec":{"extra":{"a":["one","two"],"b":[]},"request":"eA==","usages":["any"]}})"},
      {"CustomResourceDefinition", R"({"spec":{"versions":[{"name":"v1","schema":{"openAPIV3Schema":{
          "additionalProperties":{"type":"string"},"enum":["a",null,1],"properties":{
            "no":{"additionalProperties":false},"yes":{"additionalProperties":true}}}}}]}})"},
      {"ControllerRevision", R"({"data":{"spec":{"template":{"$patch":"replace","n":1.5}}},"revision":-7})"},
  };
  for (const auto& each : cases) {
    const Json body = Json::parse(each.body);
    EXPECT_EQ(Rewritten(*FindKind(each.kind)->schema, body), body);
  }
}

/// A value of every field, but of those of a type that is within itself.
Json Everything(const StructType& type, std::vector<const StructType*> outer = {}) {
  outer.push_back(&type);
  const auto value = [&](const Field& field) -> Json {
    switch (field.type) {
      case FieldType::kString: return std::string(field.name);
      case FieldType::kBytes: return "AAH/";
      case FieldType::kInt32:
      case FieldType::kInt64: return -7;
      case FieldType::kBool: return true;
      case FieldType::kNumber: return 1.5;
      case FieldType::kTime: return "2026-11-21T23:15:36Z";
      case FieldType::kMicroTime: return "2026-11-21T23:15:36.000123Z";
      case FieldType::kQuantity: return "1Gi";
      case FieldType::kIntOrString: return "50%";
      case FieldType::kStruct: return Everything(*field.of, outer);
      case FieldType::kAny: break;
    }
    return field.shape == Shape::kMap ? Json{"one", "two"} : Json{{"any", {1, nullptr}}};
  };
  Json body = Json::object();
  for (const Field& field : type.fields) {
    const bool again = field.of != nullptr && std::find(outer.begin(), outer.end(), field.of) != outer.end();
    if (field.tag == 0 || again) continue;
    Json& member = body[std::string(field.name)];
    if (field.shape == Shape::kOne) member = value(field);
    if (field.shape == Shape::kList) member = Json::array({value(field), value(field)});
    if (field.shape == Shape::kMap) member = {{"key", value(field)}, {"other", value(field)}};
  }
  return body;
}

TEST(ProtobufWrite, EveryFieldOfEveryKindIsReadBack) {
  for (const KindInfo* kind : AllKinds()) {
    const Json body = Everything(*kind->schema);
    const Json read = Rewritten(*kind->schema, body);
    EXPECT_EQ(Sayings(read), Sayings(body)) << kind->kind << "\n" << Json::diff(Sayings(body), Sayings(read));
  }
}

TEST(ProtobufWrite, EmbeddedMessagesLieInEachOther) {
  std::string bytes;
  const char* policy = R"({"spec":{"matchConstraints":{"resourceRules":[{"apiGroups":["g"],"operations":["UPDATE"],
      "resourceNames":["n"],"resources":["r"]}]}}})";
  protobuf::AppendMessage(*FindKind("ValidatingAdmissionPolicy")->schema, policy, bytes);
  // NamedRuleWithOperations {1: names, 2: RuleWithOperations {1: operations, 2: Rule {1: groups, 3: resources}}}
  const std::string rule = "\x0a\x06UPDATE\x12\x06\x0a\x01g\x1a\x01r";
  EXPECT_NE(bytes.find("\x0a\x01n\x12\x10" + rule), std::string::npos);
}

TEST(ProtobufWrite, FieldsComeInTheOrderOfTheirNumbers) {
  std::string bytes;
  protobuf::AppendMessage(*FindKind("Pod")->schema, R"({"spec":{"volumes":[{"emptyDir":{"medium":"Memory"},"name":"v"}],
    "restartPolicy":"Never","hostPID":true},"metadata":{"uid":"u","name":"n"}})",
                          bytes);
  const std::string metadata = "\x0a\x01n\x2a\x01u";
  const std::string volume = "\x0a\x01v\x12\x0a\x12\x08\x0a\x06Memory";
  const std::string spec = "\x0a\x0f" + volume + "\x1a\x05Never\x60\x01";
  EXPECT_EQ(bytes, "\x0a\x06" + metadata + "\x12\x1a" + spec);
  protobuf::Envelop("v1", "Pod", 0, bytes);
  EXPECT_EQ(bytes, std::string("k8s\0\x0a\x09\x0a\x02v1\x12\x03Pod\x12\x24", 17) + "\x0a\x06" + metadata + "\x12\x1a" +
                       spec + std::string("\x1a\0\x22\0", 4));
}

TEST(ProtobufWrite, WhatTheSchemaHasNotIsLeftOut) {
  const char* texts[] = {R"({"metadata":{"name":7,"labels":[1],"finalizers":"x","ownerReferences":[{"uid":{}},3]},
                            "spec":[],"colour":{"a":["]}",{"b":"\""}]},"status":null})",
                         "",
                         "{",
                         R"({"metadata":{"name":")",
                         R"({"metadata":{"finalizers":[})",
                         R"([1,2])",
                         "null"};
  for (const char* text : texts) {
    std::string bytes;
    protobuf::AppendMessage(*FindKind("Pod")->schema, text, bytes);
    EXPECT_TRUE(protobuf::ReadMessage(*FindKind("Pod")->schema, bytes).ok()) << text;
  }
}

TEST(ProtobufWrite, MembersAreFoundInText) {
  using protobuf::JsonScan;
  const char* text = R"({"a":{"b":[1,"]}"]},"b" : "x\"y", "c":-1.5e3,"d":null})";
  EXPECT_EQ(JsonScan::MemberOf(text, "a"), R"({"b":[1,"]}"]})");
  EXPECT_EQ(JsonScan::MemberOf(text, "b"), R"("x\"y")");
  EXPECT_EQ(JsonScan::MemberOf(text, "c"), "-1.5e3");
  EXPECT_EQ(JsonScan::MemberOf(text, "d"), "null");
  EXPECT_EQ(JsonScan::MemberOf(text, "e"), "");
}

}  // namespace
}  // namespace ordinal::api

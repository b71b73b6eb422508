#include "agent/api/schema/check.h"

#include <gmock/gmock.h>

#include "agent/api/kinds/pod/fields.h"
#include "agent/api/patch/fields.h"
#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Schema, FillsInTheDefaultsOfProbesAndVolumesAsRecorded) {
  // Given the recorded pod, with probe and config volumes
  const Json golden = ReadGolden("defaults/pod.json");
  Json body = golden["input"];
  std::vector<FieldError> errors;
  // When only the schema is applied
  ASSERT_TRUE(CheckSchema(schema::kPod, body, errors));
  // Then probe and volumes are as stored
  EXPECT_THAT(Causes(errors), IsEmpty());
  const Json& stored = golden["stored"]["spec"];
  EXPECT_EQ(body["spec"]["containers"][0]["livenessProbe"], stored["containers"][0]["livenessProbe"]);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(body["spec"]["volumes"][i], stored["volumes"][i]);
}

TEST(Schema, NamesEveryWrongTypeByItsPath) {
  Json body = Json::parse(R"({"metadata": {"name": 7, "labels": {"a": 1}, "creationTimestamp": "yesterday"},
    "spec": {"containers": {"name": "c"}, "hostNetwork": "true", "volumes": [{"name": "v", "emptyDir": []}],
             "terminationGracePeriodSeconds": 1.5, "priority": 4294967296, "tolerations": ["x"]}})");
  std::vector<FieldError> errors;
  EXPECT_FALSE(CheckSchema(schema::kPod, body, errors));
  EXPECT_THAT(Causes(errors),
              testing::UnorderedElementsAre(
                  "metadata.name FieldValueTypeInvalid", "metadata.labels[a] FieldValueTypeInvalid",
                  "metadata.creationTimestamp FieldValueTypeInvalid", "spec.containers FieldValueTypeInvalid",
                  "spec.hostNetwork FieldValueTypeInvalid", "spec.volumes[0].emptyDir FieldValueTypeInvalid",
                  "spec.terminationGracePeriodSeconds FieldValueTypeInvalid", "spec.priority FieldValueTypeInvalid",
                  "spec.tolerations[0] FieldValueTypeInvalid"));
}

TEST(Schema, SaysWhatKeepsANumberFromBeingAWholeOne) {
  Json body = Json::parse(R"({"metadata": {"name": "x"}, "spec": {"containers": [{"name": "c"}],
    "terminationGracePeriodSeconds": 99999999999999999999, "activeDeadlineSeconds": 1.5, "priority": 1e30}})");
  std::vector<FieldError> errors;
  EXPECT_FALSE(CheckSchema(schema::kPod, body, errors));
  std::vector<std::string> said;
  for (const FieldError& error : errors) said.push_back(error.field + ": " + error.message);
  EXPECT_THAT(said, testing::UnorderedElementsAre(
                        "spec.terminationGracePeriodSeconds: must be a whole number of at most 64 bits, not 1e+20",
                        "spec.activeDeadlineSeconds: must be a whole number, not 1.5",
                        "spec.priority: must be a whole number of at most 32 bits, not 1e+30"));
}

TEST(Schema, DropsNullsAndKeepsEmptyLabels) {
  Json body = Json::parse(R"({"metadata": {"name": "x", "labels": {"a": null}},
    "spec": {"containers": [{"name": "c", "image": "i", "command": null}]}})");
  std::vector<FieldError> errors;
  ASSERT_TRUE(CheckSchema(schema::kPod, body, errors));
  EXPECT_EQ(body["metadata"]["labels"]["a"], "");
  EXPECT_FALSE(body["spec"]["containers"][0].contains("command"));
}

TEST(Schema, SuggestsAFieldThatIsOneLetterAway) {
  Json body = Json::parse(R"({"metadata": {"name": "x"}, "spec": {"Containers": [], "containers": [{"name": "c"}]}})");
  std::vector<FieldError> errors;
  EXPECT_TRUE(CheckSchema(schema::kPod, body, errors));
  ASSERT_THAT(Causes(errors), ElementsAre("spec.Containers UnknownField"));
  EXPECT_THAT(errors[0].message, HasSubstr("did you mean \"containers\"?"));
}

TEST(Schema, BringsQuantitiesToTheirStoredForm) {
  Json body = Json::parse(R"({"metadata": {"name": "x"}, "spec": {"containers": [
    {"name": "c", "resources": {"limits": {"cpu": 2, "memory": "1024Mi"}}}]}})");
  std::vector<FieldError> errors;
  ASSERT_TRUE(CheckSchema(schema::kPod, body, errors));
  EXPECT_EQ(body["spec"]["containers"][0]["resources"]["limits"], (Json{{"cpu", "2"}, {"memory", "1Gi"}}));
}

/// Visits every field of a type and of the types below it once.
template <class Visit>
void EachField(const StructType& type, std::set<const StructType*>& seen, const Visit& visit) {
  if (!seen.insert(&type).second) return;
  for (const auto& field : type.fields) {
    visit(type, field);
    if (field.of != nullptr) EachField(*field.of, seen, visit);
  }
}

/// Each field has a number of its own in its message, or is of every document and in none.
TEST(Schema, EveryFieldHasItsNumberInProtobuf) {
  std::set<const StructType*> seen;
  for (const KindInfo* kind : AllKinds()) {
    std::set<std::pair<const StructType*, std::pair<int, int>>> taken;
    EachField(*kind->schema, seen, [&](const StructType& type, const Field& field) {
      const std::string name = std::string(type.name) + "." + std::string(field.name);
      const bool of_every_document = field.name == "apiVersion" || field.name == "kind";
      EXPECT_TRUE(field.tag > 0 || of_every_document) << name;
      if (field.tag > 0) {
        EXPECT_TRUE(taken.insert({&type, {field.within, field.tag}}).second) << name;
      }
      EXPECT_TRUE(field.within == 0 || !taken.contains({&type, {0, field.within}})) << name;
    });
  }
}

TEST(Schema, WhatFieldsSayOfThemselvesIsHeard) {
  std::set<const StructType*> seen;
  std::set<const StructType*> shallow;  // of documents and of their specs
  for (const KindInfo* kind : AllKinds()) {
    shallow.insert(kind->schema);
    for (const Field& field : kind->schema->fields) shallow.insert(field.of);
    EachField(*kind->schema, seen, [](const StructType&, const Field&) {});
  }
  for (const StructType* type : seen) {
    for (const Field& field : type->fields) {
      const std::string name = std::string(type->name) + "." + std::string(field.name);
      EXPECT_TRUE(field.harmless.empty() || Json::accept(field.harmless)) << name;
      EXPECT_TRUE(field.immutable.empty() || shallow.contains(type)) << name;
      ForEachKey(field.list_keys, [&](std::string_view key) {
        EXPECT_TRUE(field.of != nullptr && FindField(field.of, key) != nullptr) << name;
      });
    }
  }
}

TEST(Schema, TablesAreConsistent) {
  std::set<const StructType*> seen;
  for (const KindInfo* kind : AllKinds()) {
    EachField(*kind->schema, seen, [](const StructType& type, const Field& field) {
      const std::string name = std::string(type.name) + "." + std::string(field.name);
      EXPECT_EQ(field.of != nullptr, field.type == FieldType::kStruct) << name;
      if (!field.fallback.empty()) {
        EXPECT_TRUE(Json::accept(field.fallback)) << name;
      }
      if (field.merge_key.empty() || field.merge_key == "=") return;
      ASSERT_NE(field.of, nullptr) << name;
      const bool known = FindField(field.of, field.merge_key) != nullptr;
      EXPECT_TRUE(known && field.shape == Shape::kList) << name;
    });
  }
  EXPECT_GT(seen.size(), 190u);
}

}  // namespace
}  // namespace ordinal::api

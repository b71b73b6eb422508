// ReplicaSet, Deployment, DaemonSet, ReplicationController: defaults, rules, and what may change.
#include <gmock/gmock.h>

#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

Json Set(const char* kind) {
  Json body = Json::parse(R"({"apiVersion": "apps/v1", "metadata": {"name": "x"},
    "spec": {"selector": {"matchLabels": {"a": "b"}},
      "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}})");
  body["kind"] = kind;
  return body;
}

TEST(Deployment, HasTheDefaultsOfAppsV1) {
  const Json spec = MustDecode(Set("Deployment")).body["spec"];
  EXPECT_EQ(spec["replicas"], 1);
  EXPECT_EQ(spec["revisionHistoryLimit"], 10);
  EXPECT_EQ(spec["progressDeadlineSeconds"], 600);
  EXPECT_EQ(spec["strategy"], Json::parse(R"({"type": "RollingUpdate",
    "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}})"));
  Json recreate = Set("Deployment");
  recreate["spec"]["strategy"]["type"] = "Recreate";
  EXPECT_EQ(MustDecode(recreate).body["spec"]["strategy"], (Json{{"type", "Recreate"}}));
}

struct RuleCase {
  const char *kind, *pointer, *value;
  std::vector<std::string> faults;
};
class SetRules : public testing::TestWithParam<RuleCase> {};

TEST_P(SetRules, AreChecked) {
  const RuleCase& rule = GetParam();
  Json body = Set(rule.kind);
  body[Json::json_pointer(rule.pointer)] = Json::parse(rule.value);
  EXPECT_THAT(Causes(MustFail(body).errors), UnorderedElementsAreArray(rule.faults));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, SetRules,
    testing::Values(
        RuleCase{"ReplicaSet", "/spec/replicas", "-1", {"spec.replicas FieldValueInvalid"}},
        RuleCase{"ReplicaSet", "/spec/minReadySeconds", "-1", {"spec.minReadySeconds FieldValueInvalid"}},
        RuleCase{"ReplicaSet",
                 "/spec/selector",
                 "null",
                 {"spec.selector FieldValueRequired", "spec.template.metadata.labels FieldValueInvalid"}},
        RuleCase{"ReplicaSet", "/spec/selector", "{}", {"spec.selector FieldValueInvalid"}},
        RuleCase{"ReplicaSet",
                 "/spec/selector/matchLabels/a",
                 R"("c")",
                 {"spec.template.metadata.labels FieldValueInvalid"}},
        RuleCase{"ReplicaSet",
                 "/spec/template/spec/restartPolicy",
                 R"("Never")",
                 {"spec.template.spec.restartPolicy FieldValueNotSupported"}},
        RuleCase{"ReplicaSet",
                 "/spec/template/spec/activeDeadlineSeconds",
                 "5",
                 {"spec.template.spec.activeDeadlineSeconds FieldValueForbidden"}},
        RuleCase{
            "ReplicaSet", "/spec/template/spec/containers", "[]", {"spec.template.spec.containers FieldValueRequired"}},
        RuleCase{
            "Deployment", "/spec/strategy", R"({"type": "Slowly"})", {"spec.strategy.type FieldValueNotSupported"}},
        RuleCase{"Deployment",
                 "/spec/strategy",
                 R"({"type": "Recreate", "rollingUpdate": {}})",
                 {"spec.strategy.rollingUpdate FieldValueForbidden"}},
        RuleCase{"Deployment",
                 "/spec/strategy",
                 R"({"rollingUpdate": {"maxSurge": 0, "maxUnavailable": "0%"}})",
                 {"spec.strategy.rollingUpdate.maxUnavailable FieldValueInvalid"}},
        RuleCase{"Deployment",
                 "/spec/strategy",
                 R"({"rollingUpdate": {"maxSurge": "some", "maxUnavailable": "101%"}})",
                 {"spec.strategy.rollingUpdate.maxSurge FieldValueInvalid",
                  "spec.strategy.rollingUpdate.maxUnavailable FieldValueInvalid"}},
        RuleCase{"Deployment",
                 "/spec/strategy",
                 R"({"rollingUpdate": {"maxSurge": -1}})",
                 {"spec.strategy.rollingUpdate.maxSurge FieldValueInvalid"}},
        RuleCase{
            "Deployment", "/spec/progressDeadlineSeconds", "0", {"spec.progressDeadlineSeconds FieldValueInvalid"}},
        RuleCase{"DaemonSet", "/spec/minReadySeconds", "-1", {"spec.minReadySeconds FieldValueInvalid"}},
        RuleCase{"DaemonSet", "/spec/revisionHistoryLimit", "-1", {"spec.revisionHistoryLimit FieldValueInvalid"}},
        RuleCase{"DaemonSet",
                 "/spec/selector",
                 "null",
                 {"spec.selector FieldValueRequired", "spec.template.metadata.labels FieldValueInvalid"}},
        RuleCase{"DaemonSet",
                 "/spec/template/spec/restartPolicy",
                 R"("OnFailure")",
                 {"spec.template.spec.restartPolicy FieldValueNotSupported"}},
        RuleCase{"DaemonSet",
                 "/spec/updateStrategy",
                 R"({"type": "Recreate"})",
                 {"spec.updateStrategy.type FieldValueNotSupported"}},
        RuleCase{"DaemonSet",
                 "/spec/updateStrategy",
                 R"({"rollingUpdate": {"maxUnavailable": 0}})",
                 {"spec.updateStrategy.rollingUpdate.maxUnavailable FieldValueRequired"}},
        RuleCase{"DaemonSet",
                 "/spec/updateStrategy",
                 R"({"rollingUpdate": {"maxSurge": 1}})",
                 {"spec.updateStrategy.rollingUpdate.maxSurge FieldValueInvalid"}},
        RuleCase{"DaemonSet",
                 "/spec/updateStrategy",
                 R"({"rollingUpdate": {"maxUnavailable": "101%"}})",
                 {"spec.updateStrategy.rollingUpdate.maxUnavailable FieldValueInvalid"}}));

TEST(DaemonSet, HasTheDefaultsOfAppsV1) {
  const Json spec = MustDecode(Set("DaemonSet")).body["spec"];
  EXPECT_EQ(spec["revisionHistoryLimit"], 10);
  EXPECT_EQ(spec["updateStrategy"],
            Json::parse(R"({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}})"));
  Json on_delete = Set("DaemonSet");
  on_delete["spec"]["updateStrategy"]["type"] = "OnDelete";
  EXPECT_EQ(MustDecode(on_delete).body["spec"]["updateStrategy"], (Json{{"type", "OnDelete"}}));
}

Json Controller() {
  Json body = Set("ReplicationController");
  body["apiVersion"] = "v1";
  body["spec"]["selector"] = {{"a", "b"}};
  return body;
}

TEST(ReplicationController, TakesSelectorAndLabelsFromItsTemplate) {
  Json input = Controller();
  input["spec"].erase("selector");
  const Json body = MustDecode(input).body;
  EXPECT_EQ(body["spec"]["replicas"], 1);
  EXPECT_EQ(body["spec"]["selector"], (Json{{"a", "b"}}));
  EXPECT_EQ(body["metadata"]["labels"], (Json{{"a", "b"}}));
  input["metadata"]["labels"] = {{"own", "one"}};
  EXPECT_EQ(MustDecode(input).body["metadata"]["labels"], (Json{{"own", "one"}}));
}

TEST(ReplicationController, HasRules) {
  const std::pair<const char*, std::pair<const char*, std::vector<std::string>>> cases[] = {
      {"/spec/replicas", {"-1", {"spec.replicas FieldValueInvalid"}}},
      {"/spec/selector", {R"({"a": "c"})", {"spec.template.metadata.labels FieldValueInvalid"}}},
      {"/spec/template", {"null", {"spec.template FieldValueRequired"}}},
      {"/spec/template/spec/restartPolicy",
       {R"("Never")", {"spec.template.spec.restartPolicy FieldValueNotSupported"}}}};
  for (const auto& [pointer, rule] : cases) {
    Json body = Controller();
    body[Json::json_pointer(pointer)] = Json::parse(rule.first);
    EXPECT_THAT(Causes(MustFail(body).errors), UnorderedElementsAreArray(rule.second)) << pointer;
  }
}

TEST(PodTemplate, IsCompletedAndChecked) {
  Json input = Set("PodTemplate");
  input["apiVersion"] = "v1";
  input["template"] = input["spec"]["template"];
  input.erase("spec");
  EXPECT_EQ(MustDecode(input).body["template"]["spec"]["restartPolicy"], "Always");
  input["template"]["spec"]["containers"] = Json::array();
  EXPECT_THAT(Causes(MustFail(input).errors), ElementsAre("template.spec.containers FieldValueRequired"));
}

TEST(Sets, KeepTheirSelector) {
  for (const char* kind : {"ReplicaSet", "Deployment", "DaemonSet"}) {
    const Json old_body = MustDecode(Set(kind)).body;
    Json body = old_body;
    body["spec"]["selector"]["matchLabels"] = {{"c", "d"}};
    body["spec"]["template"]["metadata"]["labels"] = {{"c", "d"}};
    EXPECT_THAT(Causes(ValidateUpdate(*FindKind(kind), body, old_body)),
                ElementsAre("spec.selector FieldValueInvalid"));
    body = old_body;
    body["spec"]["replicas"] = 7;
    body["spec"]["template"]["spec"]["containers"][0]["image"] = "i:2";
    EXPECT_THAT(Causes(ValidateUpdate(*FindKind(kind), body, old_body)), IsEmpty());
  }
}

TEST(StorageClass, KeepsWhatItsVolumesWereMadeWith) {
  const Json input = Json::parse(R"({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
    "metadata": {"name": "fast"}, "provisioner": "example.com/p", "parameters": {"a": "b"}})");
  const Json old_body = MustDecode(input).body;
  EXPECT_EQ(old_body["reclaimPolicy"], "Delete");
  EXPECT_EQ(old_body["volumeBindingMode"], "Immediate");
  Json body = old_body;
  body["parameters"]["a"] = "c";
  body["provisioner"] = "example.com/q";
  body["reclaimPolicy"] = "Retain";
  body["volumeBindingMode"] = "WaitForFirstConsumer";
  body["allowVolumeExpansion"] = true;
  EXPECT_THAT(Causes(ValidateUpdate(*FindKind("StorageClass"), body, old_body)),
              ElementsAre("parameters FieldValueForbidden", "provisioner FieldValueForbidden",
                          "reclaimPolicy FieldValueForbidden", "volumeBindingMode FieldValueInvalid"));
}

TEST(Namespace, IsFoundByItsName) {
  const Json body = MustDecode({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "dev"}}}}).body;
  EXPECT_EQ(body["metadata"]["labels"], (Json{{"kubernetes.io/metadata.name", "dev"}}));
  EXPECT_EQ(body["status"]["phase"], "Active");
  EXPECT_EQ(body["spec"]["finalizers"], Json::array({"kubernetes"}));
}

TEST(UnknownFields, AreFaultsOrWarningsOrDropped) {
  Json body = Set("ReplicaSet");
  body["spec"]["colour"] = "red";
  body["spec"]["template"]["spec"]["containers"][0]["imge"] = "z";
  EXPECT_THAT(Causes(MustFail(body).errors),
              ElementsAre("spec.colour UnknownField", "spec.template.spec.containers[0].imge UnknownField"));
  auto warned = Decode(body, UnknownFields::kWarn);
  ASSERT_TRUE(std::holds_alternative<Decoded>(warned));
  EXPECT_THAT(std::get<Decoded>(warned).warnings,
              ElementsAre("unknown field \"spec.colour\"", "unknown field \"spec.template.spec.containers[0].imge\""));
  auto dropped = Decode(body, UnknownFields::kDrop);
  ASSERT_TRUE(std::holds_alternative<Decoded>(dropped));
  EXPECT_THAT(std::get<Decoded>(dropped).warnings, IsEmpty());
  EXPECT_FALSE(std::get<Decoded>(dropped).body["spec"].contains("colour"));
  // A wrong type stays a fault.
  body["spec"]["replicas"] = "three";
  auto refused = Decode(body, UnknownFields::kDrop);
  ASSERT_TRUE(std::holds_alternative<DecodeFailure>(refused));
  EXPECT_THAT(Causes(std::get<DecodeFailure>(refused).errors), ElementsAre("spec.replicas FieldValueTypeInvalid"));
}

}  // namespace
}  // namespace ordinal::api

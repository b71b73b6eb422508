// Rules of security contexts, host names and volumes of images: a line a rule. Classes of priority and runtime.
#include <gmock/gmock.h>

#include "agent/api/kinds/priority_class/view.h"
#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

Json SecuredPod() {
  return Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"},
    "spec": {"containers": [{"name": "c", "image": "i"}]}})");
}

struct SecurityCase {
  const char* patch;  ///< of the spec (RFC 7396)
  const char* fault;  ///< "path cause"; null: there is none
};

class SecurityRules : public testing::TestWithParam<SecurityCase> {};

TEST_P(SecurityRules, AreChecked) {
  Json body = SecuredPod();
  body["spec"].merge_patch(Json::parse(GetParam().patch));
  if (GetParam().fault == nullptr) {
    EXPECT_THAT(MustDecode(body).body, testing::Not(IsEmpty()));
  } else {
    EXPECT_THAT(Causes(MustFail(body).errors), ElementsAre(std::string(GetParam().fault)));
  }
}

const SecurityCase kSecurityCases[] = {
    {R"({"securityContext": {"seccompProfile": {"type": "Localhost"}}})",
     "spec.securityContext.seccompProfile.localhostProfile FieldValueRequired"},
    {R"({"securityContext": {"seccompProfile": {"type": "Localhost", "localhostProfile": "a/b.json"}}})", nullptr},
    {R"({"securityContext": {"seccompProfile": {"type": "Localhost", "localhostProfile": "../b.json"}}})",
     "spec.securityContext.seccompProfile.localhostProfile FieldValueInvalid"},
    {R"({"securityContext": {"seccompProfile": {"type": "RuntimeDefault", "localhostProfile": "b.json"}}})",
     "spec.securityContext.seccompProfile.localhostProfile FieldValueInvalid"},
    {R"({"securityContext": {"appArmorProfile": {"type": "Localhost"}}})",
     "spec.securityContext.appArmorProfile.localhostProfile FieldValueRequired"},
    {R"({"securityContext": {"appArmorProfile": {"type": "Strict"}}})",
     "spec.securityContext.appArmorProfile.type FieldValueNotSupported"},
    {R"({"securityContext": {"sysctls": [{"name": "net/ipv4/tcp_syncookies", "value": "1"}]}})", nullptr},
    {R"({"securityContext": {"sysctls": [{"name": "net..x", "value": "1"}]}})",
     "spec.securityContext.sysctls[0].name FieldValueInvalid"},
    {R"({"securityContext": {"sysctls": [{"name": "-net", "value": "1"}]}})",
     "spec.securityContext.sysctls[0].name FieldValueInvalid"},
    {R"({"securityContext": {"sysctls": [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]}})",
     "spec.securityContext.sysctls[1].name FieldValueDuplicate"},
    {R"({"hostNetwork": true, "securityContext": {"sysctls": [{"name": "net.ipv4.tcp_syncookies", "value": "1"}]}})",
     "spec.securityContext.sysctls[0].name FieldValueInvalid"},
    {R"({"hostNetwork": true, "securityContext": {"sysctls": [{"name": "net/ipv4/tcp_syncookies", "value": "1"}]}})",
     "spec.securityContext.sysctls[0].name FieldValueInvalid"},
    {R"({"hostNetwork": true, "securityContext": {"sysctls": [{"name": "kernel.shmmax", "value": "1"}]}})", nullptr},
    {R"({"hostIPC": true, "securityContext": {"sysctls": [{"name": "kernel.shmmax", "value": "1"}]}})",
     "spec.securityContext.sysctls[0].name FieldValueInvalid"},
    {R"({"hostIPC": true, "securityContext": {"sysctls": [{"name": "fs/mqueue/msg_max", "value": "1"}]}})",
     "spec.securityContext.sysctls[0].name FieldValueInvalid"},
    {R"({"hostIPC": true, "securityContext": {"sysctls": [{"name": "net.ipv4.tcp_syncookies", "value": "1"}]}})",
     nullptr},
    {R"({"securityContext": {"supplementalGroups": [1, -1]}})",
     "spec.securityContext.supplementalGroups[1] FieldValueInvalid"},
    {R"({"securityContext": {"supplementalGroupsPolicy": "Strict"}})", nullptr},
    {R"({"securityContext": {"supplementalGroupsPolicy": "Loose"}})",
     "spec.securityContext.supplementalGroupsPolicy FieldValueNotSupported"},
    {R"({"securityContext": {"seLinuxChangePolicy": "Never"}})",
     "spec.securityContext.seLinuxChangePolicy FieldValueNotSupported"},
    {R"({"securityContext": {"windowsOptions": {"runAsUserName": "db"}}})", nullptr},
    {R"({"os": {"name": "windows"}})", nullptr},
    {R"({"os": {"name": "plan9"}})", "spec.os.name FieldValueNotSupported"},
    {R"({"os": {"name": "linux"}, "securityContext": {"windowsOptions": {"runAsUserName": "db"}}})",
     "spec.securityContext.windowsOptions FieldValueForbidden"},
    {R"({"os": {"name": "linux"}, "containers": [{"name": "c", "image": "i",
         "securityContext": {"windowsOptions": {"hostProcess": false}}}]})",
     "spec.containers[0].securityContext.windowsOptions FieldValueForbidden"},
    {R"({"hostUsers": false})", nullptr},
    {R"({"hostUsers": false, "hostNetwork": true})", "spec.hostNetwork FieldValueForbidden"},
    {R"({"hostUsers": false, "hostPID": true})", "spec.hostPID FieldValueForbidden"},
    {R"({"hostUsers": false, "hostIPC": true})", "spec.hostIPC FieldValueForbidden"},
    {R"({"containers": [{"name": "c", "image": "i", "securityContext": {"procMount": "Unmasked"}}]})",
     "spec.containers[0].securityContext.procMount FieldValueInvalid"},
    {R"({"hostUsers": false,
         "containers": [{"name": "c", "image": "i", "securityContext": {"procMount": "Unmasked"}}]})",
     nullptr},
    {R"({"containers": [{"name": "c", "image": "i", "securityContext":
         {"allowPrivilegeEscalation": false, "privileged": true}}]})",
     "spec.containers[0].securityContext FieldValueInvalid"},
    {R"({"containers": [{"name": "c", "image": "i", "securityContext":
         {"allowPrivilegeEscalation": false, "capabilities": {"add": ["CAP_SYS_ADMIN"]}}}]})",
     "spec.containers[0].securityContext FieldValueInvalid"},
    {R"({"hostnameOverride": "db.example"})", nullptr},
    {R"({"hostnameOverride": "DB"})", "spec.hostnameOverride FieldValueInvalid"},
    {R"({"hostnameOverride": "db", "setHostnameAsFQDN": true})", "spec.hostnameOverride FieldValueForbidden"},
    {R"({"hostnameOverride": "db", "hostNetwork": true})", "spec.hostnameOverride FieldValueForbidden"},
    {R"({"hostnameOverride": "a23456789.a23456789.a23456789.a23456789.a23456789.a23456789.12345"})",
     "spec.hostnameOverride FieldValueTooLong"},
    {R"({"volumes": [{"name": "v", "image": {"pullPolicy": "Never"}}]})",
     "spec.volumes[0].image.reference FieldValueRequired"},
    {R"({"volumes": [{"name": "v", "image": {"reference": "a:1", "pullPolicy": "Often"}}]})",
     "spec.volumes[0].image.pullPolicy FieldValueNotSupported"},
    {R"({"volumes": [{"name": "v"}], "containers": [{"name": "c", "image": "i", "volumeMounts":
         [{"name": "v", "mountPath": "/v", "recursiveReadOnly": "Enabled"}]}]})",
     "spec.containers[0].volumeMounts[0].recursiveReadOnly FieldValueForbidden"},
    {R"({"volumes": [{"name": "v"}], "containers": [{"name": "c", "image": "i", "volumeMounts": [{"name": "v",
         "mountPath": "/v", "readOnly": true, "mountPropagation": "HostToContainer", "recursiveReadOnly": "Enabled"}]}]})",
     "spec.containers[0].volumeMounts[0].recursiveReadOnly FieldValueForbidden"},
    {R"({"overhead": {"cpu": "-1"}})", "spec.overhead[cpu] FieldValueInvalid"},
    {R"({"schedulingGroup": {"podGroupName": "g"}})", "spec.schedulingGroup FieldValueNotSupported"},
};
INSTANTIATE_TEST_SUITE_P(Pod, SecurityRules, testing::ValuesIn(kSecurityCases));

TEST(ImageVolume, IsPulledAsAContainersImageIs) {
  Json body = SecuredPod();
  body["spec"]["volumes"] = Json::parse(R"([{"name": "a", "image": {"reference": "a"}},
                                            {"name": "b", "image": {"reference": "b:1"}}])");
  const Json volumes = MustDecode(body).body["spec"]["volumes"];
  EXPECT_EQ(volumes[0]["image"]["pullPolicy"], "Always");
  EXPECT_EQ(volumes[1]["image"]["pullPolicy"], "IfNotPresent");
}

Json PriorityDocument(const char* name, int64_t value) {
  return Json{{"apiVersion", "scheduling.k8s.io/v1"},
              {"kind", "PriorityClass"},
              {"metadata", {{"name", name}}},
              {"value", value}};
}

TEST(PriorityClassRules, ValuesAreBoundedAndSystemNamesAreTheSystems) {
  EXPECT_EQ(MustDecode(PriorityDocument("high", 1'000'000'000)).body["preemptionPolicy"], "PreemptLowerPriority");
  EXPECT_EQ(MustDecode(PriorityDocument("low", -5)).body["value"], -5);
  EXPECT_THAT(Causes(MustFail(PriorityDocument("high", 1'000'000'001)).errors),
              ElementsAre("value FieldValueForbidden"));
  EXPECT_THAT(Causes(MustFail(PriorityDocument("system-mine", 5)).errors),
              ElementsAre("metadata.name FieldValueForbidden"));
  Json odd = PriorityDocument("a", 1);
  odd["preemptionPolicy"] = "Sometimes";
  EXPECT_THAT(Causes(MustFail(odd).errors), ElementsAre("preemptionPolicy FieldValueNotSupported"));
}

TEST(PriorityClassRules, TheSystemsOwnAreGoodAndStay) {
  for (const SystemPriority& priority : kSystemPriorities) {
    EXPECT_THAT(MustDecode(DocumentOf(priority)).body, testing::Not(IsEmpty()));
    EXPECT_EQ(FindKind("PriorityClass")->undeletable(priority.name),
              "this is a system priority class and cannot be deleted");
    Json other = DocumentOf(priority);
    other["globalDefault"] = true;
    EXPECT_THAT(Causes(MustFail(other).errors), ElementsAre("metadata.name FieldValueForbidden"));
  }
  EXPECT_EQ(FindKind("PriorityClass")->undeletable("high"), "");
}

TEST(PriorityClassRules, ItsValueStays) {
  const Json old_body = MustDecode(PriorityDocument("high", 5)).body;
  Json body = old_body;
  body["value"] = 6;
  body["description"] = "more";
  EXPECT_THAT(Causes(ValidateUpdate(*FindKind("PriorityClass"), body, old_body)),
              ElementsAre("value FieldValueForbidden"));
  body = old_body;
  body["preemptionPolicy"] = "Never";
  EXPECT_THAT(Causes(ValidateUpdate(*FindKind("PriorityClass"), body, old_body)),
              ElementsAre("preemptionPolicy FieldValueForbidden"));
}

Json RuntimeDocument() {
  return Json::parse(R"({"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "vm"},
    "handler": "kata", "overhead": {"podFixed": {"cpu": "250m", "memory": "64Mi"}},
    "scheduling": {"nodeSelector": {"a": "b"}, "tolerations": [{"key": "k", "operator": "Exists"}]}})");
}

TEST(RuntimeClassRules, ItsPartsAreChecked) {
  EXPECT_THAT(MustDecode(RuntimeDocument()).body, testing::Not(IsEmpty()));
  const std::pair<const char*, const char*> cases[] = {
      {R"({"handler": "Kata"})", "handler FieldValueInvalid"},
      {R"({"handler": ""})", "handler FieldValueRequired"},
      {R"({"overhead": {"podFixed": {"cpu": "-1"}}})", "overhead.podFixed[cpu] FieldValueInvalid"},
      {R"({"scheduling": {"nodeSelector": {"a b": "c"}}})", "scheduling.nodeSelector FieldValueInvalid"},
      {R"({"scheduling": {"tolerations": [{"key": "k", "operator": "Like"}]}})",
       "scheduling.tolerations[0].operator FieldValueNotSupported"},
  };
  for (const auto& [patch, fault] : cases) {
    Json body = RuntimeDocument();
    body.merge_patch(Json::parse(patch));
    EXPECT_THAT(Causes(MustFail(body).errors), Contains(std::string(fault)));
  }
}

TEST(RuntimeClassRules, TolerationsAreBoundedOfAClassAndOfAPod) {
  Json runtime = RuntimeDocument(), pod = SecuredPod();
  Json many = Json::array();
  for (int i = 0; i < 1000; ++i) many.push_back(Json{{"key", "k" + std::to_string(i)}, {"operator", "Exists"}});
  runtime["scheduling"]["tolerations"] = pod["spec"]["tolerations"] = many;
  EXPECT_THAT(MustDecode(runtime).body, testing::Not(IsEmpty()));
  EXPECT_THAT(MustDecode(pod).body, testing::Not(IsEmpty()));
  many.push_back(Json{{"operator", "Exists"}});
  runtime["scheduling"]["tolerations"] = pod["spec"]["tolerations"] = many;
  EXPECT_THAT(Causes(MustFail(runtime).errors), ElementsAre("scheduling.tolerations FieldValueTooMany"));
  EXPECT_THAT(Causes(MustFail(pod).errors), ElementsAre("spec.tolerations FieldValueTooMany"));
}

TEST(UpdateRules, WhatWasStoredBeforeARuleCameKeepsNobodyFromChangingTheRest) {
  const KindInfo& kind = *FindKind("Pod");
  Json old_body = MustDecode(SecuredPod()).body;
  old_body["spec"]["hostNetwork"] = true;
  old_body["spec"]["securityContext"]["sysctls"] =
      Json::parse(R"([{"name": "net.ipv4.tcp_syncookies", "value": "1"}])");
  Json body = old_body;
  body["metadata"]["labels"]["a"] = "b";
  EXPECT_THAT(Causes(ValidateUpdate(kind, body, old_body)), IsEmpty());
  EXPECT_TRUE(std::holds_alternative<Decoded>(Decode(body, UnknownFields::kRefuse, &old_body)));
  EXPECT_TRUE(std::holds_alternative<DecodeFailure>(Decode(body))) << "of a new one it is a fault";
  // What is at fault and is changed has to be good, and a good one stays so.
  body["spec"]["securityContext"]["sysctls"][0]["name"] = "net.ipv4.tcp_fin_timeout";
  EXPECT_THAT(Causes(ValidateUpdate(kind, body, old_body)),
              Contains(std::string("spec.securityContext.sysctls[0].name FieldValueInvalid")));
  body = old_body;
  body["spec"]["containers"][0]["imagePullPolicy"] = "Often";
  EXPECT_THAT(Causes(ValidateUpdate(kind, body, old_body)),
              Contains(std::string("spec.containers[0].imagePullPolicy FieldValueNotSupported")));
}

TEST(RuntimeClassRules, ItsHandlerStays) {
  const Json old_body = MustDecode(RuntimeDocument()).body;
  Json body = old_body;
  body["handler"] = "runc";
  EXPECT_THAT(Causes(ValidateUpdate(*FindKind("RuntimeClass"), body, old_body)),
              ElementsAre("handler FieldValueInvalid"));
}

}  // namespace
}  // namespace ordinal::api

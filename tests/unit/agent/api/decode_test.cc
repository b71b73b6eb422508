// Old versions, warnings, features that are not run, and changes to stored objects.
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "agent/api/kinds/pod/view.h"
#include "agent/api/kinds/stateful_set/view.h"
#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

Json OldSet(const char* version) {
  Json body = Json::parse(R"({"kind": "StatefulSet", "metadata": {"name": "kubia"}, "spec": {"serviceName": "kubia",
    "template": {"metadata": {"labels": {"app": "kubia"}}, "spec": {"containers": [{"name": "c", "image": "i:1"}]}}}})");
  body["apiVersion"] = version;
  return body;
}

TEST(OldVersions, V1Beta1TakesItsSelectorFromTheTemplateAndWaitsForDeletes) {
  const Decoded decoded = MustDecode(OldSet("apps/v1beta1"));
  EXPECT_EQ(decoded.body["apiVersion"], "apps/v1");
  EXPECT_EQ(decoded.body["spec"]["selector"], (Json{{"matchLabels", {{"app", "kubia"}}}}));
  EXPECT_EQ(decoded.body["spec"]["updateStrategy"], (Json{{"type", "OnDelete"}}));
  EXPECT_THAT(decoded.warnings, ElementsAre(HasSubstr("write apiVersion: apps/v1"), StartsWith("spec.selector: "),
                                            StartsWith("spec.updateStrategy: OnDelete")));
}

TEST(OldVersions, V1Beta2RollsUpdatesOut) {
  const Decoded decoded = MustDecode(OldSet("apps/v1beta2"));
  EXPECT_EQ(decoded.body["spec"]["updateStrategy"],
            (Json{{"type", "RollingUpdate"}, {"rollingUpdate", {{"partition", 0}}}}));
  EXPECT_EQ(decoded.warnings.size(), 2u);
}

TEST(OldVersions, WhatIsWrittenIsKept) {
  Json body = OldSet("apps/v1beta1");
  body["spec"]["updateStrategy"]["type"] = "RollingUpdate";
  body["spec"]["selector"]["matchLabels"] = {{"app", "kubia"}};
  const Decoded decoded = MustDecode(body);
  EXPECT_EQ(decoded.body["spec"]["updateStrategy"]["type"], "RollingUpdate");
  EXPECT_EQ(decoded.warnings.size(), 1u);
}

TEST(Warnings, SayThatACloudDiskIsEmulated) {
  const Decoded decoded = MustDecode(Json::parse(R"({"apiVersion": "v1", "kind": "PersistentVolume",
    "metadata": {"name": "pv-a"}, "spec": {"capacity": {"storage": "1Mi"}, "accessModes": ["ReadWriteOnce"],
    "gcePersistentDisk": {"pdName": "disk-1", "fsType": "nfs4"}}})"));
  EXPECT_THAT(decoded.warnings, ElementsAre(testing::AllOf(StartsWith("spec.gcePersistentDisk: "),
                                                           HasSubstr("local directory named \"disk-1\""))));
}

Json PodWith(const char* spec) {
  Json body = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"},
    "spec": {"containers": [{"name": "c", "image": "i"}]}})");
  body["spec"].merge_patch(Json::parse(spec));
  return body;
}

TEST(Features, ThatDoNothingOnOneNodeAreWarnedAbout) {
  const Decoded decoded = MustDecode(PodWith(R"({"schedulerName": "mine"})"));
  EXPECT_EQ(decoded.warnings.size(), 1u) << testing::PrintToString(decoded.warnings);
  EXPECT_THAT(MustDecode(PodWith("{}")).warnings, IsEmpty());
}

TEST(Features, ThatAPodWouldSilentlyGoWithoutAreRefused) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"volumes": [{"name": "v", "projected": {"sources": [{"clusterTrustBundle": {"path": "t"}}]}}]})",
       "spec.volumes[0].projected.sources[0].clusterTrustBundle"},
      {R"({"volumes": [{"name": "v", "nfs": {"server": "s", "path": "/"}}]})", "spec.volumes[0].nfs"},
      {R"({"schedulingGates": [{"name": "a/b"}]})", "spec.schedulingGates"},
  };
  for (const auto& [spec, field] : cases) {
    EXPECT_THAT(Causes(MustFail(PodWith(spec)).errors), ElementsAre(std::string(field) + " FieldValueNotSupported"));
  }
}

TEST(Features, ThatAreRunAreAccepted) {
  const Decoded decoded = MustDecode(PodWith(R"json({"activeDeadlineSeconds": 5, "hostNetwork": true, "hostUsers": true,
    "initContainers": [{"name": "i", "image": "i"}, {"name": "side", "image": "i", "restartPolicy": "Always"}],
    "volumes": [{"name": "e"}, {"name": "h", "hostPath": {"path": "/a"}},
                {"name": "p", "persistentVolumeClaim": {"claimName": "q"}}],
    "containers": [{"name": "c", "image": "i", "ports": [{"containerPort": 80}],
      "volumeMounts": [{"name": "e", "mountPath": "/e", "subPathExpr": "$(A)"},
                       {"name": "h", "mountPath": "/h", "subPath": "s"}],
      "env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['a']"}}}]}]})json"));
  ASSERT_FALSE(decoded.body.empty());
  // A volume without a source is an emptyDir; the host's network takes the container's ports.
  EXPECT_EQ(decoded.body["spec"]["volumes"][0]["emptyDir"], Json::object());
  EXPECT_EQ(decoded.body["spec"]["containers"][0]["ports"][0]["hostPort"], 80);
}

TEST(Defaults, RequestsFollowLimitsAndDecideTheQualityOfService) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({})", "BestEffort"},
      {R"({"limits": {"cpu": "1", "memory": "1Mi"}})", "Guaranteed"},
      {R"({"limits": {"cpu": "1", "memory": "1Mi"}, "requests": {"cpu": "500m"}})", "Burstable"},
      {R"({"limits": {"cpu": "1"}})", "Burstable"},
      {R"({"requests": {"ephemeral-storage": "1Mi"}})", "BestEffort"},
  };
  for (const auto& [resources, qos] : cases) {
    Json body = PodWith("{}");
    body["spec"]["containers"][0]["resources"] = Json::parse(resources);
    EXPECT_EQ(MustDecode(body).body["status"]["qosClass"], qos) << resources;
  }
}

TEST(Defaults, PullPolicyFollowsTheTag) {
  const std::pair<const char*, const char*> cases[] = {
      {"busybox", "Always"},
      {"busybox:latest", "Always"},
      {"busybox:1", "IfNotPresent"},
      {"host:5000/a/b", "Always"},
      {"host:5000/a/b:2", "IfNotPresent"},
      {"a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "IfNotPresent"},
  };
  for (const auto& [image, policy] : cases) {
    Json body = PodWith("{}");
    body["spec"]["containers"][0]["image"] = image;
    EXPECT_EQ(MustDecode(body).body["spec"]["containers"][0]["imagePullPolicy"], policy) << image;
  }
}

struct UpdateCase {
  const char* before;
  const char* patch;  ///< a merge patch
  std::vector<std::string> causes;
};
class Updates : public testing::TestWithParam<UpdateCase> {};

TEST_P(Updates, AreAllowedOrForbidden) {
  const Json before = MustDecode(Json::parse(GetParam().before)).body;
  Json after = before;
  after.merge_patch(Json::parse(GetParam().patch));
  const Decoded decoded = MustDecode(after);
  EXPECT_THAT(Causes(ValidateUpdate(*decoded.kind, decoded.body, before)),
              testing::ElementsAreArray(GetParam().causes));
}

constexpr const char* kPod = R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "uid": "u"},
  "spec": {"activeDeadlineSeconds": 9, "containers": [{"name": "c", "image": "i:1"}]}})";
constexpr const char* kClaim = R"({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "x"},
  "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}})";
constexpr const char* kVolume = R"({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "x"},
  "spec": {"capacity": {"storage": "1Mi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/a"}}})";
constexpr const char* kHeadless = R"({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"},
  "spec": {"clusterIP": "None", "ports": [{"port": 80}]}})";
constexpr const char* kSet = R"({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "x"},
  "spec": {"serviceName": "x", "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels":
  {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}})";

const UpdateCase kUpdates[] = {
    {kPod, R"({"metadata": {"labels": {"a": "b"}}})", {}},
    {kPod, R"({"spec": {"containers": [{"name": "c", "image": "i:2", "imagePullPolicy": "IfNotPresent"}]}})", {}},
    {kPod, R"({"spec": {"nodeName": "n"}})", {}},
    {kPod, R"({"spec": {"activeDeadlineSeconds": 5}})", {}},
    {kPod, R"({"spec": {"activeDeadlineSeconds": 10}})", {"spec.activeDeadlineSeconds FieldValueInvalid"}},
    {kPod, R"({"spec": {"activeDeadlineSeconds": null}})", {"spec.activeDeadlineSeconds FieldValueInvalid"}},
    {kPod, R"({"spec": {"tolerations": [{"operator": "Exists"}]}})", {}},
    {kPod, R"({"spec": {"restartPolicy": "Never"}})", {"spec FieldValueForbidden"}},
    {kPod, R"({"metadata": {"uid": "v"}})", {"metadata.uid FieldValueInvalid"}},
    {kClaim, R"({"spec": {"volumeName": "pv"}})", {}},
    {kClaim, R"({"spec": {"storageClassName": "fast"}})", {}},
    {kClaim, R"({"spec": {"accessModes": ["ReadOnlyMany"]}})", {"spec FieldValueForbidden"}},
    {kClaim, R"({"spec": {"resources": {"requests": {"storage": "2Mi"}}}})", {}},
    {kVolume, R"({"spec": {"capacity": {"storage": "2Mi"}, "claimRef": {"name": "c"}}})", {}},
    {kVolume, R"({"spec": {"hostPath": {"path": "/b"}}})", {"spec.persistentvolumesource FieldValueForbidden"}},
    {kHeadless, R"({"spec": {"selector": {"a": "b"}}})", {}},
    {kHeadless,
     R"({"spec": {"clusterIP": "10.96.0.1", "clusterIPs": ["10.96.0.1"]}})",
     {"spec.clusterIPs[0] FieldValueInvalid"}},
    {kSet, R"({"spec": {"replicas": 5, "minReadySeconds": 1, "template": {"metadata": {"labels": {"c": "d"}}}}})", {}},
    {kSet, R"({"spec": {"podManagementPolicy": "Parallel"}})", {"spec FieldValueForbidden"}},
};
INSTANTIATE_TEST_SUITE_P(Cases, Updates, testing::ValuesIn(kUpdates));

TEST(Examples, OfTheProjectDecode) {
  for (const char* name : {"persistent-volumes.yaml", "service.yaml", "statefulset.yaml"}) {
    std::stringstream text;
    text << std::ifstream(std::string(ORDINAL_SOURCE_DIR) + "/examples/kubia/" + name).rdbuf();
    const auto documents = ParseManifest(text.str());
    ASSERT_TRUE(documents.ok()) << name << ": " << documents.error().message;
    ASSERT_FALSE(documents->empty()) << name;
    for (const auto& document : *documents) EXPECT_FALSE(MustDecode(document.body).body.empty()) << name;
  }
}

}  // namespace
}  // namespace ordinal::api

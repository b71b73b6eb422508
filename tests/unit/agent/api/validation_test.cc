// Rules beyond the recorded cases: one line a rule, a patch of a good object and the fault it must raise.
#include <gmock/gmock.h>

#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

const Json kPod = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"},
  "spec": {"containers": [{"name": "c", "image": "i"}]}})");
const Json kSet = Json::parse(R"({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "x"},
  "spec": {"serviceName": "x", "selector": {"matchLabels": {"a": "b"}},
    "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}})");
const Json kService = Json::parse(R"({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"},
  "spec": {"clusterIP": "None", "ports": [{"port": 80}]}})");
const Json kVolume = Json::parse(R"({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "x"},
  "spec": {"capacity": {"storage": "1Mi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/a"}}})");
const Json kClaim = Json::parse(R"({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "x"},
  "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}})");

const Json kBudget =
    Json::parse(R"({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "x"},
  "spec": {"minAvailable": 1, "selector": {"matchLabels": {"a": "b"}}}})");

const Json kBehind = Json::parse(R"({"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "x"},
  "subsets": [{"addresses": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}, {"ip": "::ffff:10.0.0.1"}],
    "notReadyAddresses": [{"ip": "10.0.0.2"}], "ports": [{"port": 80}]}]})");
const Json kSlice = Json::parse(R"({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
  "metadata": {"name": "x"}, "addressType": "IPv4", "endpoints": [{"addresses": ["10.0.0.1"]}]})");

struct RuleCase {
  const Json* base;
  const char* pointer;  ///< where the value goes (RFC 6901)
  const char* value;    ///< as JSON
  const char* fault;    ///< "path cause"
};

class Rules : public testing::TestWithParam<RuleCase> {};

TEST_P(Rules, AreChecked) {
  const RuleCase& rule = GetParam();
  ASSERT_THAT(MustDecode(*rule.base).body, testing::Not(IsEmpty()));
  Json body = *rule.base;
  body[Json::json_pointer(rule.pointer)] = Json::parse(rule.value);
  EXPECT_THAT(Causes(MustFail(body).errors), Contains(std::string(rule.fault)));
}

const RuleCase kPodRules[] = {
    {&kPod, "/spec/containers/0/resizePolicy", R"([{"resourceName": "disk", "restartPolicy": "NotRequired"}])",
     "spec.containers[0].resizePolicy[0].resourceName FieldValueNotSupported"},
    {&kPod, "/spec/containers/0/resizePolicy", R"([{"resourceName": "cpu", "restartPolicy": "Never"}])",
     "spec.containers[0].resizePolicy[0].restartPolicy FieldValueNotSupported"},
    {&kPod, "/spec/containers/0/resizePolicy",
     R"([{"resourceName": "cpu", "restartPolicy": "NotRequired"}, {"resourceName": "cpu", "restartPolicy": "NotRequired"}])",
     "spec.containers[0].resizePolicy[1] FieldValueDuplicate"},
    {&kPod, "/spec",
     R"({"restartPolicy": "Never", "containers": [{"name": "c", "image": "i",
         "resizePolicy": [{"resourceName": "cpu", "restartPolicy": "RestartContainer"}]}]})",
     "spec.containers[0].resizePolicy[0].restartPolicy FieldValueInvalid"},
    {&kPod, "/spec/initContainers",
     R"([{"name": "d", "image": "i", "resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"}]}])",
     "spec.initContainers[0].resizePolicy FieldValueForbidden"},
    {&kPod, "/spec/containers/0/resources", R"({"limits": {"example.com/gpu": "1"}})",
     "spec.containers[0].resources.limits[example.com/gpu] FieldValueNotSupported"},
    {&kPod, "/spec/containers/0/resources", R"({"limits": {"hugepages-2Mi": "2Mi"}})",
     "spec.containers[0].resources FieldValueForbidden"},
    {&kPod, "/spec/containers/0/resources", R"({"requests": {"cpu": "1", "hugepages-2Mi": "2Mi"}})",
     "spec.containers[0].resources.requests[hugepages-2Mi] FieldValueInvalid"},
    {&kPod, "/spec/volumes", R"([{"name": "v", "emptyDir": {"medium": "Disk"}}])",
     "spec.volumes[0].emptyDir.medium FieldValueNotSupported"},
    {&kPod, "/spec/volumes", R"([{"name": "v", "emptyDir": {"medium": "HugePages-2Mi"}}])",
     "spec.volumes[0].emptyDir.medium FieldValueInvalid"},
    {&kPod, "/spec/volumes", R"([{"name": "v", "emptyDir": {"medium": "HugePages"}}])",
     "spec.volumes[0].emptyDir.medium FieldValueInvalid"},
    {&kPod, "/spec/resources", R"({"limits": {"ephemeral-storage": "1Gi"}})",
     "spec.resources.limits[ephemeral-storage] FieldValueNotSupported"},
    {&kPod, "/spec",
     R"({"resources": {"requests": {"cpu": "1"}},
         "containers": [{"name": "c", "image": "i", "resources": {"requests": {"cpu": "2"}}}]})",
     "spec.resources.requests[cpu] FieldValueInvalid"},
    {&kPod, "/spec",
     R"({"resources": {"limits": {"cpu": "1"}},
         "containers": [{"name": "c", "image": "i", "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}}]})",
     "spec.containers[0].resources.limits[cpu] FieldValueInvalid"},
    {&kPod, "/metadata/labels", R"({"a b": "c"})", "metadata.labels FieldValueInvalid"},
    {&kPod, "/metadata/labels", R"({"a": "b c"})", "metadata.labels FieldValueInvalid"},
    {&kPod, "/metadata/annotations", R"({"a b": "c"})", "metadata.annotations FieldValueInvalid"},
    {&kPod, "/metadata/namespace", R"("a.b")", "metadata.namespace FieldValueInvalid"},
    {&kPod, "/metadata/finalizers", R"(["a b"])", "metadata.finalizers FieldValueInvalid"},
    {&kPod, "/spec/containers/0/name", R"("C")", "spec.containers[0].name FieldValueInvalid"},
    {&kPod, "/spec/containers/0/image", R"("")", "spec.containers[0].image FieldValueRequired"},
    {&kPod, "/spec/containers/0/imagePullPolicy", R"("Often")",
     "spec.containers[0].imagePullPolicy FieldValueNotSupported"},
    {&kPod, "/spec/containers/0/ports", R"([{"name": "p", "containerPort": 1}, {"name": "p", "containerPort": 2}])",
     "spec.containers[0].ports[1].name FieldValueDuplicate"},
    {&kPod, "/spec/containers/0/ports", R"([{"hostPort": 1}])",
     "spec.containers[0].ports[0].containerPort FieldValueRequired"},
    {&kPod, "/spec/containers/0/ports", R"([{"containerPort": 1, "protocol": "UPD"}])",
     "spec.containers[0].ports[0].protocol FieldValueNotSupported"},
    {&kPod, "/spec/containers/0/ports", R"([{"containerPort": 1, "hostPort": 9}, {"containerPort": 2, "hostPort": 9}])",
     "spec.containers[0].ports[1].hostPort FieldValueDuplicate"},
    {&kPod, "/spec/containers/0/env", R"([{"value": "x"}])", "spec.containers[0].env[0].name FieldValueRequired"},
    {&kPod, "/spec/containers/0/env", R"([{"name": "A=B"}])", "spec.containers[0].env[0].name FieldValueInvalid"},
    {&kPod, "/spec/containers/0/env", R"([{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.colour"}}}])",
     "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath FieldValueNotSupported"},
    {&kPod, "/spec/containers/0/env",
     R"([{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "A B", "key": "k"}}}])",
     "spec.containers[0].env[0].valueFrom.configMapKeyRef.name FieldValueInvalid"},
    {&kPod, "/spec/containers/0/env", R"([{"name": "A", "valueFrom": {"secretKeyRef": {"key": "k"}}}])",
     "spec.containers[0].env[0].valueFrom.secretKeyRef.name FieldValueRequired"},
    {&kPod, "/spec/containers/0/env", R"([{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "a/b"}}}])",
     "spec.containers[0].env[0].valueFrom.secretKeyRef.key FieldValueInvalid"},
    {&kPod, "/spec/containers/0/envFrom", R"([{"prefix": "a=", "configMapRef": {"name": "m"}}])",
     "spec.containers[0].envFrom[0].prefix FieldValueInvalid"},
    {&kPod, "/spec/containers/0/envFrom", R"([{"secretRef": {}}])",
     "spec.containers[0].envFrom[0].secretRef.name FieldValueRequired"},
    {&kPod, "/spec/containers/0/envFrom", R"([{"prefix": "a"}])", "spec.containers[0].envFrom[0] FieldValueInvalid"},
    {&kPod, "/spec/containers/0/lifecycle", R"({"stopSignal": "SIGTERM"})",
     "spec.containers[0].lifecycle.stopSignal FieldValueForbidden"},
    {&kPod, "/spec/containers/0/env", R"([{"name": "A", "valueFrom": {"fileKeyRef":
        {"volumeName": "nosuch", "path": "p", "key": "k"}}}])",
     "spec.containers[0].env[0].valueFrom.fileKeyRef.volumeName FieldValueNotFound"},
    {&kPod, "/spec/volumes", R"([{"name": "v", "projected": {"sources": [{"serviceAccountToken": {}}]}}])",
     "spec.volumes[0].projected.sources[0].serviceAccountToken.path FieldValueRequired"},
    {&kPod, "/spec/volumes",
     R"([{"name": "v", "projected": {"sources": [{"serviceAccountToken": {"path": "../t"}}]}}])",
     "spec.volumes[0].projected.sources[0].serviceAccountToken.path FieldValueInvalid"},
    {&kPod, "/spec/volumes", R"([{"name": "v", "projected": {"sources": [
        {"serviceAccountToken": {"path": "t", "expirationSeconds": 599}}]}}])",
     "spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds FieldValueInvalid"},
    {&kPod, "/spec/volumes", R"([{"name": "v", "projected": {"sources": [
        {"serviceAccountToken": {"path": "t", "expirationSeconds": 4294967297}}]}}])",
     "spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds FieldValueInvalid"},
    {&kPod, "/spec/volumes", R"([{"name": "v", "projected": {"sources": [
        {"secret": {"name": "s", "items": [{"key": "k", "path": "t"}]}}, {"serviceAccountToken": {"path": "t"}}]}}])",
     "spec.volumes[0].projected.sources[1].serviceAccountToken FieldValueInvalid"},
    {&kPod, "/spec/volumes", R"([{"name": "v", "downwardAPI": {"items": [{"path": "p", "fieldRef":
                                {"fieldPath": "status.podIP"}}]}}])",
     "spec.volumes[0].downwardAPI.items[0].fieldRef.fieldPath FieldValueNotSupported"},
    {&kPod, "/spec/volumes",
     R"([{"name": "v", "configMap": {"name": "m", "items": [{"key": "k", "path": "..data"}]}}])",
     "spec.volumes[0].configMap.items[0].path FieldValueInvalid"},
    {&kPod, "/spec/volumes", R"([{"name": "v", "projected": {"sources": [{"secret": {}}]}}])",
     "spec.volumes[0].projected.sources[0].secret.name FieldValueRequired"},
    {&kPod, "/spec/volumes", R"([{"name": "v", "projected": {"sources": [
        {"secret": {"name": "s", "items": [{"key": "k", "path": "p"}]}},
        {"configMap": {"name": "m", "items": [{"key": "k", "path": "p"}]}}]}}])",
     "spec.volumes[0].projected.sources[1].configMap FieldValueInvalid"},
    {&kPod, "/spec/volumes", R"([{"name": "v", "downwardAPI": {"items": [{"path": "p", "resourceFieldRef":
                                {"resource": "limits.cpu"}}]}}])",
     "spec.volumes[0].downwardAPI.items[0].resourceFieldRef.containerName FieldValueRequired"},
    {&kPod, "/spec/containers/0/env", R"([{"name": "A", "value": "x", "valueFrom": {"fieldRef": {"fieldPath":
     "metadata.name"}}}])",
     "spec.containers[0].env[0].valueFrom FieldValueInvalid"},
    {&kPod, "/spec/containers/0/resources", R"({"limits": {"cpu": "-1"}})",
     "spec.containers[0].resources.limits[cpu] FieldValueInvalid"},
    {&kPod, "/spec/containers/0/resources", R"({"limits": {"apples": "1"}})",
     "spec.containers[0].resources.limits[apples] FieldValueInvalid"},
    {&kPod, "/spec/volumes", R"([{"name": "v"}, {"name": "v"}])", "spec.volumes[1].name FieldValueDuplicate"},
    {&kPod, "/spec/volumes", R"([{"name": "V"}])", "spec.volumes[0].name FieldValueInvalid"},
    {&kPod, "/spec/volumes", R"([{"emptyDir": {}}])", "spec.volumes[0].name FieldValueRequired"},
    {&kPod, "/spec/volumes", R"([{"name": "v", "emptyDir": {}, "hostPath": {"path": "/a"}}])",
     "spec.volumes[0].hostPath FieldValueForbidden"},
    {&kPod, "/spec/volumes", R"([{"name": "v", "hostPath": {"path": "/a/../b"}}])",
     "spec.volumes[0].hostPath.path FieldValueInvalid"},
    {&kPod, "/spec/volumes", R"([{"name": "v", "hostPath": {"path": ""}}])",
     "spec.volumes[0].hostPath.path FieldValueRequired"},
    {&kPod, "/spec/volumes", R"([{"name": "v", "persistentVolumeClaim": {}}])",
     "spec.volumes[0].persistentVolumeClaim.claimName FieldValueRequired"},
    {&kPod, "/spec/initContainers", R"([{"name": "c", "image": "i"}])",
     "spec.initContainers[0].name FieldValueDuplicate"},
    {&kPod, "/spec/initContainers", R"([{"name": "i", "image": "i", "restartPolicy": "Sometimes"}])",
     "spec.initContainers[0].restartPolicy FieldValueNotSupported"},
    {&kPod, "/spec/dnsPolicy", R"("None")", "spec.dnsConfig FieldValueRequired"},
    {&kPod, "/spec/dnsConfig", R"({"nameservers": ["x"]})", "spec.dnsConfig.nameservers[0] FieldValueInvalid"},
    {&kPod, "/spec/hostname", R"("a.b")", "spec.hostname FieldValueInvalid"},
    {&kPod, "/spec/activeDeadlineSeconds", "0", "spec.activeDeadlineSeconds FieldValueInvalid"},
    {&kPod, "/spec/hostAliases", R"([{"ip": "x"}])", "spec.hostAliases[0].ip FieldValueInvalid"},
    {&kPod, "/spec/securityContext", R"({"runAsUser": -1})", "spec.securityContext.runAsUser FieldValueInvalid"},
    {&kPod, "/spec/tolerations", R"([{"operator": "Like", "key": "a"}])",
     "spec.tolerations[0].operator FieldValueNotSupported"},
};
INSTANTIATE_TEST_SUITE_P(Pod, Rules, testing::ValuesIn(kPodRules));

const RuleCase kOtherRules[] = {
    {&kBehind, "/subsets/0/addresses/0/ip", R"("127.0.0.1")", "subsets[0].addresses[0].ip FieldValueInvalid"},
    {&kBehind, "/subsets/0/addresses/1/ip", R"("::1")", "subsets[0].addresses[1].ip FieldValueInvalid"},
    {&kBehind, "/subsets/0/addresses/2/ip", R"("::ffff:127.9.0.1")", "subsets[0].addresses[2].ip FieldValueInvalid"},
    {&kBehind, "/subsets/0/notReadyAddresses/0/ip", R"("169.254.169.254")",
     "subsets[0].notReadyAddresses[0].ip FieldValueInvalid"},
    {&kBehind, "/subsets/0/addresses/0/ip", R"("0.0.0.0")", "subsets[0].addresses[0].ip FieldValueInvalid"},
    {&kSlice, "/endpoints/0/addresses/0", R"("127.0.0.1")", "endpoints[0].addresses[0] FieldValueInvalid"},
    {&kSlice, "/endpoints/0/addresses/0", R"("fe80::1")", "endpoints[0].addresses[0] FieldValueInvalid"},
    {&kSlice, "/endpoints/0/addresses/0", R"("ff02::1")", "endpoints[0].addresses[0] FieldValueInvalid"},
    {&kBudget, "/spec/maxUnavailable", "1", "spec FieldValueInvalid"},
    {&kBudget, "/spec/minAvailable", "-1", "spec.minAvailable FieldValueInvalid"},
    {&kBudget, "/spec/minAvailable", R"("101%")", "spec.minAvailable FieldValueInvalid"},
    {&kBudget, "/spec/minAvailable", R"("some")", "spec.minAvailable FieldValueInvalid"},
    {&kBudget, "/spec", R"({"maxUnavailable": "-1%"})", "spec.maxUnavailable FieldValueInvalid"},
    {&kBudget, "/spec/selector", R"({"matchLabels": {"a b": "c"}})", "spec.selector.matchLabels FieldValueInvalid"},
    {&kBudget, "/spec/unhealthyPodEvictionPolicy", R"("Never")",
     "spec.unhealthyPodEvictionPolicy FieldValueNotSupported"},
    {&kBudget, "/status", R"({"disruptionsAllowed": -1})", "status.disruptionsAllowed FieldValueInvalid"},
    {&kSet, "/spec/podManagementPolicy", R"("Random")", "spec.podManagementPolicy FieldValueInvalid"},
    {&kSet, "/spec/updateStrategy", R"({"type": "Now"})", "spec.updateStrategy.type FieldValueInvalid"},
    {&kSet, "/spec/updateStrategy", R"({"rollingUpdate": {"partition": -1}})",
     "spec.updateStrategy.rollingUpdate.partition FieldValueInvalid"},
    {&kSet, "/spec/updateStrategy", R"({"rollingUpdate": {"maxUnavailable": "0%"}})",
     "spec.updateStrategy.rollingUpdate.maxUnavailable FieldValueInvalid"},
    {&kSet, "/spec/updateStrategy", R"({"type": "OnDelete", "rollingUpdate": {}})",
     "spec.updateStrategy.rollingUpdate FieldValueInvalid"},
    {&kSet, "/spec/selector", "{}", "spec.selector FieldValueInvalid"},
    {&kSet, "/spec/ordinals", R"({"start": -1})", "spec.ordinals.start FieldValueInvalid"},
    {&kSet, "/spec/persistentVolumeClaimRetentionPolicy", R"({"whenScaled": "Keep"})",
     "spec.persistentVolumeClaimRetentionPolicy.whenScaled FieldValueNotSupported"},
    {&kSet, "/spec/volumeClaimTemplates",
     R"([{"metadata": {"name": "d"}, "spec": {"accessModes": ["ReadWriteOnce"]}}])",
     "spec.volumeClaimTemplates[0].spec.resources[storage] FieldValueRequired"},
    {&kSet, "/spec/template/spec/containers/0", R"({"name": "c"})",
     "spec.template.spec.containers[0].image FieldValueRequired"},
    {&kSet, "/spec/template/spec/activeDeadlineSeconds", "5",
     "spec.template.spec.activeDeadlineSeconds FieldValueForbidden"},
    {&kService, "/spec/ports", R"([{"port": 1, "name": "a"}, {"port": 2, "name": "a"}])",
     "spec.ports[1].name FieldValueDuplicate"},
    {&kService, "/spec/ports", R"([{"port": 1, "name": "a"}, {"port": 1, "name": "b"}])",
     "spec.ports[1] FieldValueDuplicate"},
    {&kService, "/spec/ports/0/targetPort", R"("not a name")", "spec.ports[0].targetPort FieldValueInvalid"},
    {&kService, "/spec", R"({"selector": {"a": "b"}})", "spec.ports FieldValueRequired"},
    {&kService, "/spec/type", R"("Internal")", "spec.type FieldValueNotSupported"},
    {&kService, "/spec/type", R"("NodePort")", "spec.clusterIPs[0] FieldValueInvalid"},
    {&kService, "/spec/clusterIP", R"("x")", "spec.clusterIPs[0] FieldValueInvalid"},
    {&kService, "/spec", R"({"type": "ExternalName"})", "spec.externalName FieldValueRequired"},
    {&kVolume, "/metadata/namespace", R"("default")", "metadata.namespace FieldValueForbidden"},
    {&kVolume, "/spec/capacity", "{}", "spec.capacity FieldValueRequired"},
    {&kVolume, "/spec/capacity", R"({"storage": "0"})", "spec.capacity[storage] FieldValueInvalid"},
    {&kVolume, "/spec/accessModes", R"(["Any"])", "spec.accessModes FieldValueNotSupported"},
    {&kVolume, "/spec/persistentVolumeReclaimPolicy", R"("Keep")",
     "spec.persistentVolumeReclaimPolicy FieldValueNotSupported"},
    {&kVolume, "/spec", R"({"capacity": {"storage": "1"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/"},
      "persistentVolumeReclaimPolicy": "Recycle"})",
     "spec.persistentVolumeReclaimPolicy FieldValueForbidden"},
    {&kVolume, "/spec", R"({"capacity": {"storage": "1"}, "accessModes": ["ReadWriteOnce"], "local": {"path": "/a"}})",
     "spec.nodeAffinity FieldValueRequired"},
    {&kClaim, "/spec/resources", "{}", "spec.resources[storage] FieldValueRequired"},
    {&kClaim, "/spec/resources", R"({"requests": {"storage": "0"}})", "spec.resources[storage] FieldValueInvalid"},
    {&kClaim, "/spec/volumeMode", R"("Tape")", "spec.volumeMode FieldValueNotSupported"},
    {&kClaim, "/spec/selector", R"({"matchExpressions": [{"key": "a", "operator": "In"}]})",
     "spec.selector.matchExpressions[0].values FieldValueRequired"},
};
INSTANTIATE_TEST_SUITE_P(Others, Rules, testing::ValuesIn(kOtherRules));

TEST(Validation, ReportsAllFaultsOfAnObjectTogether) {
  Json body = kSet;
  body["metadata"]["name"] = "Bad_Name";
  body["spec"]["replicas"] = -1;
  body["spec"]["colour"] = "red";
  body["spec"]["template"]["spec"]["containers"][0].erase("image");
  EXPECT_THAT(Causes(MustFail(body).errors),
              testing::UnorderedElementsAre("spec.colour UnknownField", "metadata.name FieldValueInvalid",
                                            "spec.replicas FieldValueInvalid",
                                            "spec.template.spec.containers[0].image FieldValueRequired"));
}

TEST(Validation, MountsOfAStatefulSetMayNameItsClaimTemplates) {
  Json body = kSet;
  body["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] = {{{"name", "d"}, {"mountPath", "/d"}}};
  EXPECT_THAT(Causes(MustFail(body).errors),
              ElementsAre("spec.template.spec.containers[0].volumeMounts[0].name FieldValueNotFound"));
  body["spec"]["volumeClaimTemplates"] = Json::parse(
      R"([{"metadata": {"name": "d"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests":
      {"storage": "1Mi"}}}}])");
  EXPECT_FALSE(MustDecode(body).body.empty());
}

TEST(Validation, AWholePodGetsNoLimitsFromItsContainersButThoseOfHugePages) {
  Json body = kPod;
  body["spec"]["resources"] = Json::parse(R"({"requests": {"cpu": "1"}})");
  body["spec"]["containers"][0]["resources"] =
      Json::parse(R"({"requests": {"cpu": "1"}, "limits": {"cpu": "1", "memory": "8Mi", "hugepages-2Mi": "2Mi"}})");
  const Json resources = MustDecode(body).body["spec"]["resources"];
  EXPECT_EQ(resources["limits"], Json::parse(R"({"hugepages-2Mi": "2Mi"})"));
}

TEST(Validation, AVolumeMayBeOfTheHugePagesOfTheWholePodOrOfAnInitContainer) {
  const Json pages = Json::parse(R"({"limits": {"hugepages-2Mi": "2Mi", "memory": "8Mi"}})");
  Json body = kPod;
  body["spec"]["volumes"] = Json::parse(R"([{"name": "v", "emptyDir": {"medium": "HugePages-2Mi"}}])");
  body["spec"]["resources"] = pages;
  EXPECT_FALSE(MustDecode(body).body.empty());
  body["spec"].erase("resources");
  body["spec"]["initContainers"] = {{{"name", "first"}, {"image", "i"}, {"resources", pages}}};
  EXPECT_FALSE(MustDecode(body).body.empty());
}

TEST(Validation, SaysWhichKindsAreKnown) {
  const auto unknown = MustFail({{"apiVersion", "v1"}, {"kind", "Gadget"}, {"metadata", {{"name", "x"}}}});
  EXPECT_THAT(Causes(unknown.errors), ElementsAre("kind FieldValueNotSupported"));
  EXPECT_THAT(unknown.errors[0].message, testing::HasSubstr("StatefulSet (apps/v1)"));
  const auto version = MustFail({{"apiVersion", "v2"}, {"kind", "Pod"}});
  EXPECT_THAT(Causes(version.errors), ElementsAre("apiVersion FieldValueNotSupported"));
  EXPECT_THAT(Causes(MustFail(Json::object()).errors),
              ElementsAre("apiVersion FieldValueRequired", "kind FieldValueRequired"));
  EXPECT_THAT(Causes(MustFail(Json("text")).errors), ElementsAre(" FieldValueTypeInvalid"));
}

}  // namespace
}  // namespace ordinal::api

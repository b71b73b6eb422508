// Kinds that are kept for others: what is filled in, and one line a rule: a patch of a good object and the faults it
// must raise.
#include <gmock/gmock.h>

#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// A good object of each kind.
const std::map<std::string, const char*> kGood = {
    {"IngressClass", R"({"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "x"},
      "spec": {"controller": "acme.io/ingress", "parameters": {"kind": "P", "name": "p"}}})"},
    {"Ingress", R"({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "x"},
      "spec": {"rules": [{"host": "*.acme.io", "http": {"paths": [{"path": "/a", "pathType": "Prefix",
        "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]}})"},
    {"NetworkPolicy", R"({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "x"},
      "spec": {"podSelector": {}, "ingress": [{"ports": [{"port": 80}], "from": [{"podSelector": {}}]}],
        "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}]}]}})"},
    {"CSIDriver", R"({"apiVersion": "storage.k8s.io/v1", "kind": "CSIDriver", "metadata": {"name": "csi.acme.io"},
      "spec": {"tokenRequests": [{"audience": "vault"}]}})"},
    {"CSINode", R"({"apiVersion": "storage.k8s.io/v1", "kind": "CSINode", "metadata": {"name": "x"},
      "spec": {"drivers": [{"name": "csi.acme.io", "nodeID": "n", "topologyKeys": ["acme.io/zone"]}]}})"},
    {"CSIStorageCapacity", R"({"apiVersion": "storage.k8s.io/v1", "kind": "CSIStorageCapacity",
      "metadata": {"name": "x"}, "storageClassName": "fast", "capacity": "1Gi"})"},
    {"VolumeAttachment", R"({"apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttachment", "metadata": {"name": "x"},
      "spec": {"attacher": "csi.acme.io", "nodeName": "n", "source": {"persistentVolumeName": "pv"}}})"},
    {"VolumeAttributesClass", R"({"apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttributesClass",
      "metadata": {"name": "x"}, "driverName": "csi.acme.io", "parameters": {"iops": "100"}})"},
    {"ValidatingWebhookConfiguration", R"({"apiVersion": "admissionregistration.k8s.io/v1",
      "kind": "ValidatingWebhookConfiguration", "metadata": {"name": "x"}, "webhooks": [{"name": "pods.policy.acme.io",
        "clientConfig": {"service": {"namespace": "default", "name": "hook"}}, "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]}]})"},
    {"ValidatingAdmissionPolicy", R"({"apiVersion": "admissionregistration.k8s.io/v1",
      "kind": "ValidatingAdmissionPolicy", "metadata": {"name": "x"}, "spec": {"validations": [{"expression": "true"}],
        "matchConstraints": {"resourceRules": [{"apiGroups": ["apps"], "apiVersions": ["v1"],
          "operations": ["CREATE"], "resources": ["deployments"]}]}}})"},
    {"ValidatingAdmissionPolicyBinding", R"({"apiVersion": "admissionregistration.k8s.io/v1",
      "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": "x"},
      "spec": {"policyName": "p", "validationActions": ["Deny"]}})"},
    {"MutatingAdmissionPolicy", R"({"apiVersion": "admissionregistration.k8s.io/v1",
      "kind": "MutatingAdmissionPolicy", "metadata": {"name": "x"}, "spec": {"reinvocationPolicy": "Never",
        "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": "[]"}}],
        "matchConstraints": {"resourceRules": [{"apiGroups": ["apps"], "apiVersions": ["v1"],
          "operations": ["CREATE"], "resources": ["deployments"]}]}}})"},
    {"MutatingAdmissionPolicyBinding", R"({"apiVersion": "admissionregistration.k8s.io/v1",
      "kind": "MutatingAdmissionPolicyBinding", "metadata": {"name": "x"}, "spec": {"policyName": "p",
        "paramRef": {"name": "limits", "parameterNotFoundAction": "Deny"}}})"},
    {"APIService", R"({"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
      "metadata": {"name": "v1.acme.io"}, "spec": {"group": "acme.io", "version": "v1", "groupPriorityMinimum": 100,
        "versionPriority": 10, "service": {"namespace": "default", "name": "api"}}})"},
    {"FlowSchema", R"({"apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": "FlowSchema", "metadata": {"name": "x"},
      "spec": {"priorityLevelConfiguration": {"name": "exempt"}, "rules": [{
        "subjects": [{"kind": "Group", "group": {"name": "system:masters"}}],
        "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}]}]}})"},
    {"PriorityLevelConfiguration", R"({"apiVersion": "flowcontrol.apiserver.k8s.io/v1",
      "kind": "PriorityLevelConfiguration", "metadata": {"name": "x"}, "spec": {"type": "Limited",
        "limited": {"limitResponse": {"type": "Queue", "queuing": {}}}}})"},
};

Json Good(const std::string& kind) { return Json::parse(kGood.at(kind)); }

TEST(KeptKinds, AreTakenAsTheyAre) {
  for (const auto& [kind, text] : kGood) {
    const Decoded decoded = MustDecode(Json::parse(text));
    ASSERT_NE(decoded.kind, nullptr) << kind;
    EXPECT_EQ(decoded.kind->kind, kind);
    const Json cells = decoded.kind->cells(decoded.body, WallTime());
    EXPECT_EQ(cells.size(), decoded.kind->columns.size()) << kind;
    EXPECT_THAT(Causes(ValidateUpdate(*decoded.kind, decoded.body, decoded.body)), IsEmpty()) << kind;
  }
}

struct Filled {
  const char *kind, *pointer, *value;
};

TEST(KeptKinds, HaveTheReferencesDefaults) {
  for (const Filled& each : {
           Filled{"IngressClass", "/spec/parameters/scope", R"("Cluster")"},
           Filled{"NetworkPolicy", "/spec/policyTypes", R"(["Ingress", "Egress"])"},
           Filled{"NetworkPolicy", "/spec/ingress/0/ports/0/protocol", R"("TCP")"},
           Filled{"CSIDriver", "/spec/volumeLifecycleModes", R"(["Persistent"])"},
           Filled{"CSIDriver", "/spec/attachRequired", "true"},
           Filled{"CSIDriver", "/spec/fsGroupPolicy", R"("ReadWriteOnceWithFSType")"},
           Filled{"ValidatingWebhookConfiguration", "/webhooks/0/timeoutSeconds", "10"},
           Filled{"ValidatingWebhookConfiguration", "/webhooks/0/failurePolicy", R"("Fail")"},
           Filled{"ValidatingWebhookConfiguration", "/webhooks/0/matchPolicy", R"("Equivalent")"},
           Filled{"ValidatingWebhookConfiguration", "/webhooks/0/namespaceSelector", "{}"},
           Filled{"ValidatingWebhookConfiguration", "/webhooks/0/clientConfig/service/port", "443"},
           Filled{"ValidatingWebhookConfiguration", "/webhooks/0/rules/0/scope", R"("*")"},
           Filled{"ValidatingAdmissionPolicy", "/spec/failurePolicy", R"("Fail")"},
           Filled{"ValidatingAdmissionPolicy", "/spec/matchConstraints/matchPolicy", R"("Equivalent")"},
           Filled{"ValidatingAdmissionPolicy", "/spec/matchConstraints/resourceRules/0/scope", R"("*")"},
           Filled{"FlowSchema", "/spec/matchingPrecedence", "1000"},
           Filled{"PriorityLevelConfiguration", "/spec/limited/nominalConcurrencyShares", "30"},
           Filled{"PriorityLevelConfiguration", "/spec/limited/limitResponse/queuing",
                  R"({"handSize": 8, "queueLengthLimit": 50, "queues": 64})"},
       }) {
    const Json body = MustDecode(Good(each.kind)).body;
    EXPECT_EQ(body.value(Json::json_pointer(each.pointer), Json()), Json::parse(each.value))
        << each.kind << each.pointer;
  }
}

struct KeptRule {
  const char *kind, *pointer, *value, *fault;
};
class KeptRules : public testing::TestWithParam<KeptRule> {};

TEST_P(KeptRules, AreChecked) {
  Json body = Good(GetParam().kind);
  body[Json::json_pointer(GetParam().pointer)] = Json::parse(GetParam().value);
  EXPECT_THAT(Causes(MustFail(body).errors), Contains(std::string(GetParam().fault))) << GetParam().kind;
}

INSTANTIATE_TEST_SUITE_P(
    Networking, KeptRules,
    testing::Values(
        KeptRule{"IngressClass", "/spec/controller", R"("acme")", "spec.controller FieldValueInvalid"},
        KeptRule{"IngressClass", "/spec/controller", R"("")", "spec.controller FieldValueRequired"},
        KeptRule{"IngressClass", "/spec/parameters/scope", R"("Namespace")",
                 "spec.parameters.namespace FieldValueRequired"},
        KeptRule{"Ingress", "/spec", "{}", "spec FieldValueInvalid"},
        KeptRule{"Ingress", "/spec/rules/0/host", R"("10.0.0.1")", "spec.rules[0].host FieldValueInvalid"},
        KeptRule{"Ingress", "/spec/rules/0/http/paths", "[]", "spec.rules[0].http.paths FieldValueRequired"},
        KeptRule{"Ingress", "/spec/rules/0/http/paths/0/pathType", R"("Regex")",
                 "spec.rules[0].http.paths[0].pathType FieldValueNotSupported"},
        KeptRule{"Ingress", "/spec/rules/0/http/paths/0/path", R"("a")",
                 "spec.rules[0].http.paths[0].path FieldValueInvalid"},
        KeptRule{"Ingress", "/spec/rules/0/http/paths/0/path", R"("/a//b")",
                 "spec.rules[0].http.paths[0].path FieldValueInvalid"},
        KeptRule{"Ingress", "/spec/rules/0/http/paths/0/backend/service/port", "{}",
                 "spec.rules[0].http.paths[0].backend.service FieldValueRequired"},
        KeptRule{"Ingress", "/spec/rules/0/http/paths/0/backend", "{}",
                 "spec.rules[0].http.paths[0].backend.service FieldValueRequired"},
        KeptRule{"Ingress", "/spec/rules/0/http/paths/0/backend/service/port/name", R"("web")",
                 "spec.rules[0].http.paths[0].backend.service FieldValueInvalid"},
        KeptRule{"NetworkPolicy", "/spec/policyTypes", R"(["In"])", "spec.policyTypes[0] FieldValueNotSupported"},
        KeptRule{"NetworkPolicy", "/spec/ingress/0/ports/0", R"({"port": 80, "endPort": 79})",
                 "spec.ingress[0].ports[0].endPort FieldValueInvalid"},
        KeptRule{"NetworkPolicy", "/spec/ingress/0/ports/0", R"({"endPort": 79})",
                 "spec.ingress[0].ports[0].port FieldValueRequired"},
        KeptRule{"NetworkPolicy", "/spec/ingress/0/from/0", "{}", "spec.ingress[0].from[0] FieldValueRequired"},
        KeptRule{"NetworkPolicy", "/spec/egress/0/to/0/podSelector", "{}", "spec.egress[0].to[0] FieldValueForbidden"},
        KeptRule{"NetworkPolicy", "/spec/egress/0/to/0/ipBlock/cidr", R"("10.0.0.0/33")",
                 "spec.egress[0].to[0].ipBlock.cidr FieldValueInvalid"},
        KeptRule{"NetworkPolicy", "/spec/egress/0/to/0/ipBlock/except", R"(["10.1.0.0/16", "11.0.0.0/16"])",
                 "spec.egress[0].to[0].ipBlock.except[1] FieldValueInvalid"},
        KeptRule{"NetworkPolicy", "/spec/egress/0/to/0/ipBlock/except/0", R"("10.0.0.0/8")",
                 "spec.egress[0].to[0].ipBlock.except[0] FieldValueInvalid"},
        KeptRule{"NetworkPolicy", "/spec/egress/0/to/0/ipBlock/except/0", R"("fd00::/64")",
                 "spec.egress[0].to[0].ipBlock.except[0] FieldValueInvalid"},
        KeptRule{"NetworkPolicy", "/spec/egress/0/to/0/ipBlock", R"({"cidr": "fd00::/9", "except": ["fd80::/64"]})",
                 "spec.egress[0].to[0].ipBlock.except[0] FieldValueInvalid"}));

INSTANTIATE_TEST_SUITE_P(
    Storage, KeptRules,
    testing::Values(KeptRule{"CSIDriver", "/spec/fsGroupPolicy", R"("All")",
                             "spec.fsGroupPolicy FieldValueNotSupported"},
                    KeptRule{"CSIDriver", "/spec/volumeLifecycleModes", R"(["Short"])",
                             "spec.volumeLifecycleModes[0] FieldValueNotSupported"},
                    KeptRule{"CSIDriver", "/spec/tokenRequests", R"([{"audience": "a"}, {"audience": "a"}])",
                             "spec.tokenRequests[1].audience FieldValueDuplicate"},
                    KeptRule{"CSIDriver", "/spec/tokenRequests/0/expirationSeconds", "60",
                             "spec.tokenRequests[0].expirationSeconds FieldValueInvalid"},
                    KeptRule{"CSINode", "/spec/drivers/0/nodeID", R"("")", "spec.drivers[0].nodeID FieldValueRequired"},
                    KeptRule{"CSINode", "/spec/drivers/0/topologyKeys", R"(["a", "a"])",
                             "spec.drivers[0].topologyKeys FieldValueDuplicate"},
                    KeptRule{"CSIStorageCapacity", "/storageClassName", R"("")", "storageClassName FieldValueRequired"},
                    KeptRule{"CSIStorageCapacity", "/capacity", R"("-1")", "capacity FieldValueInvalid"},
                    KeptRule{"VolumeAttachment", "/spec/attacher", R"("")", "spec.attacher FieldValueRequired"},
                    KeptRule{"VolumeAttachment", "/spec/source", "{}", "spec.source FieldValueRequired"},
                    KeptRule{"VolumeAttributesClass", "/driverName", R"("")", "driverName FieldValueRequired"},
                    KeptRule{"VolumeAttributesClass", "/parameters", "{}", "parameters FieldValueRequired"}));

INSTANTIATE_TEST_SUITE_P(
    Admission, KeptRules,
    testing::Values(
        KeptRule{"ValidatingWebhookConfiguration", "/webhooks/0/name", R"("hook")",
                 "webhooks[0].name FieldValueInvalid"},
        KeptRule{"ValidatingWebhookConfiguration", "/webhooks/0/clientConfig", "{}",
                 "webhooks[0].clientConfig FieldValueRequired"},
        KeptRule{"ValidatingWebhookConfiguration", "/webhooks/0/clientConfig", R"({"url": "http://x"})",
                 "webhooks[0].clientConfig.url FieldValueInvalid"},
        KeptRule{"ValidatingWebhookConfiguration", "/webhooks/0/sideEffects", R"("Some")",
                 "webhooks[0].sideEffects FieldValueNotSupported"},
        KeptRule{"ValidatingWebhookConfiguration", "/webhooks/0/admissionReviewVersions", "[]",
                 "webhooks[0].admissionReviewVersions FieldValueRequired"},
        KeptRule{"ValidatingWebhookConfiguration", "/webhooks/0/timeoutSeconds", "31",
                 "webhooks[0].timeoutSeconds FieldValueInvalid"},
        KeptRule{"ValidatingWebhookConfiguration", "/webhooks/0/rules/0/operations", R"(["READ"])",
                 "webhooks[0].rules[0].operations[0] FieldValueNotSupported"},
        KeptRule{"ValidatingWebhookConfiguration", "/webhooks/0/rules/0/apiGroups", R"(["*", "apps"])",
                 "webhooks[0].rules[0].apiGroups FieldValueInvalid"},
        KeptRule{"ValidatingAdmissionPolicy", "/spec/matchConstraints", "null",
                 "spec.matchConstraints FieldValueRequired"},
        KeptRule{"ValidatingAdmissionPolicy", "/spec/validations", "[]", "spec.validations FieldValueRequired"},
        KeptRule{"ValidatingAdmissionPolicy", "/spec/validations/0/expression", R"("")",
                 "spec.validations[0].expression FieldValueRequired"},
        KeptRule{"ValidatingAdmissionPolicyBinding", "/spec/policyName", R"("")", "spec.policyName FieldValueRequired"},
        KeptRule{"ValidatingAdmissionPolicyBinding", "/spec/validationActions", R"(["Deny", "Warn"])",
                 "spec.validationActions FieldValueInvalid"},
        KeptRule{"MutatingAdmissionPolicy", "/spec/mutations/0/patchType", R"("Merge")",
                 "spec.mutations[0].patchType FieldValueNotSupported"},
        KeptRule{"MutatingAdmissionPolicy", "/spec/reinvocationPolicy", R"("")",
                 "spec.reinvocationPolicy FieldValueRequired"},
        KeptRule{"MutatingAdmissionPolicyBinding", "/spec/paramRef", R"({"name": "a"})",
                 "spec.paramRef.parameterNotFoundAction FieldValueRequired"},
        KeptRule{"APIService", "/metadata/name", R"("acme")", "metadata.name FieldValueInvalid"},
        KeptRule{"APIService", "/spec/versionPriority", "0", "spec.versionPriority FieldValueInvalid"},
        KeptRule{"APIService", "/spec/groupPriorityMinimum", "20001", "spec.groupPriorityMinimum FieldValueInvalid"},
        KeptRule{"FlowSchema", "/spec/matchingPrecedence", "1", "spec.matchingPrecedence FieldValueInvalid"},
        KeptRule{"FlowSchema", "/spec/rules/0/subjects/0/group", "null",
                 "spec.rules[0].subjects[0].group FieldValueRequired"},
        KeptRule{"FlowSchema", "/spec/rules/0/nonResourceRules", "[]", "spec.rules[0] FieldValueRequired"},
        KeptRule{"PriorityLevelConfiguration", "/spec/type", R"("Some")", "spec.type FieldValueNotSupported"},
        KeptRule{"PriorityLevelConfiguration", "/spec", R"({"type": "Exempt"})", "spec.type FieldValueInvalid"},
        KeptRule{"PriorityLevelConfiguration", "/metadata/name", R"("exempt")", "spec.type FieldValueInvalid"},
        KeptRule{"PriorityLevelConfiguration", "/spec/exempt", R"({"lendablePercent": 101})",
                 "spec.exempt.lendablePercent FieldValueInvalid"},
        KeptRule{"PriorityLevelConfiguration", "/spec/limited/limitResponse/queuing/handSize", "65",
                 "spec.limited.limitResponse.queuing.handSize FieldValueInvalid"}));

struct Change {
  const char *kind, *pointer, *value, *fault;
};

TEST(KeptKinds, KeepWhatMayNotChange) {
  for (const Change& each : {
           Change{"IngressClass", "/spec/controller", R"("acme.io/other")", "spec.controller FieldValueInvalid"},
           Change{"CSIDriver", "/spec/attachRequired", "false", "spec.attachRequired FieldValueInvalid"},
           Change{"CSIStorageCapacity", "/storageClassName", R"("slow")", "storageClassName FieldValueInvalid"},
           Change{"VolumeAttachment", "/spec/nodeName", R"("m")", "spec FieldValueInvalid"},
           Change{"VolumeAttributesClass", "/parameters/iops", R"("1")", "parameters FieldValueForbidden"},
       }) {
    const Json old_body = MustDecode(Good(each.kind)).body;
    Json body = old_body;
    body[Json::json_pointer(each.pointer)] = Json::parse(each.value);
    EXPECT_THAT(Causes(ValidateUpdate(*FindKind(each.kind), body, old_body)), ElementsAre(std::string(each.fault)))
        << each.kind;
  }
}

TEST(KeptKinds, SayThatNobodyUsesThem) {
  for (const char* kind :
       {"NetworkPolicy", "VolumeAttachment", "ValidatingWebhookConfiguration", "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "APIService",
        "FlowSchema", "PriorityLevelConfiguration"}) {
    EXPECT_EQ(MustDecode(Good(kind)).warnings.size(), 1u) << kind;
  }
  for (const char* kind : {"IngressClass", "Ingress", "CSIDriver", "VolumeAttributesClass"}) {
    EXPECT_THAT(MustDecode(Good(kind)).warnings, IsEmpty()) << kind;
  }
}

}  // namespace
}  // namespace ordinal::api

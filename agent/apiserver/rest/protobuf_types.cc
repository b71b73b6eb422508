#include "agent/apiserver/rest/protobuf_types.h"

#include "agent/apiserver/rest/protobuf_pod.h"

namespace ordinal::apiserver::rest {
namespace {

using enum PbType;
using enum PbShape;

constexpr PbField kConfigMapFields[] = {
    {1, "metadata", kMessage, kOne, &kPbObjectMeta},
    {2, "data", kString, kMap},
    {3, "binaryData", kBytes, kMap},
    {4, "immutable", kBool, kOptional},
};
constexpr PbMessage kConfigMap{kConfigMapFields};

constexpr PbField kSecretFields[] = {
    {1, "metadata", kMessage, kOne, &kPbObjectMeta},
    {2, "data", kBytes, kMap},
    {3, "type"},
    {4, "stringData", kString, kMap},
    {5, "immutable", kBool, kOptional},
};
constexpr PbMessage kSecret{kSecretFields};

constexpr PbField kFinalizersFields[] = {{1, "finalizers", kString, kList}};
constexpr PbMessage kFinalizers{kFinalizersFields};
constexpr PbField kPhaseFields[] = {{1, "phase"}};
constexpr PbMessage kPhase{kPhaseFields};
constexpr PbField kNamespaceFields[] = {
    {1, "metadata", kMessage, kOne, &kPbObjectMeta},
    {2, "spec", kMessage, kOne, &kFinalizers},
    {3, "status", kMessage, kOne, &kPhase},
};
constexpr PbMessage kNamespace{kNamespaceFields};

constexpr PbField kServiceAccountFields[] = {
    {1, "metadata", kMessage, kOne, &kPbObjectMeta},
    {2, "secrets", kMessage, kList, &kPbObjectReference},
    {3, "imagePullSecrets", kMessage, kList, &kPbLocalObjectReference},
    {4, "automountServiceAccountToken", kBool, kOptional},
};
constexpr PbMessage kServiceAccount{kServiceAccountFields};

constexpr PbField kServicePortFields[] = {
    {1, "name"},           {2, "protocol"},
    {3, "port", kInt},     {4, "targetPort", kIntOrString},
    {5, "nodePort", kInt}, {6, "appProtocol", kString, kOptional},
};
constexpr PbMessage kServicePort{kServicePortFields};
constexpr PbMessage kEmpty{};
constexpr PbField kClientIpFields[] = {{1, "timeoutSeconds", kInt, kOptional}};
constexpr PbMessage kClientIp{kClientIpFields};
constexpr PbField kAffinityConfigFields[] = {{1, "clientIP", kMessage, kOptional, &kClientIp}};
constexpr PbMessage kAffinityConfig{kAffinityConfigFields};
constexpr PbField kServiceSpecFields[] = {
    {1, "ports", kMessage, kList, &kServicePort},
    {2, "selector", kString, kMap},
    {3, "clusterIP"},
    {4, "type"},
    {5, "externalIPs", kString, kList},
    {7, "sessionAffinity"},
    {8, "loadBalancerIP"},
    {9, "loadBalancerSourceRanges", kString, kList},
    {10, "externalName"},
    {11, "externalTrafficPolicy"},
    {12, "healthCheckNodePort", kInt},
    {13, "publishNotReadyAddresses", kBool},
    {14, "sessionAffinityConfig", kMessage, kOptional, &kAffinityConfig},
    {17, "ipFamilyPolicy", kString, kOptional},
    {18, "clusterIPs", kString, kList},
    {19, "ipFamilies", kString, kList},
    {20, "allocateLoadBalancerNodePorts", kBool, kOptional},
    {21, "loadBalancerClass", kString, kOptional},
    {22, "internalTrafficPolicy", kString, kOptional},
    {23, "trafficDistribution", kString, kOptional},
};
constexpr PbMessage kServiceSpec{kServiceSpecFields};
constexpr PbField kServiceStatusFields[] = {{1, "loadBalancer", kMessage, kOne, &kEmpty}};
constexpr PbMessage kServiceStatus{kServiceStatusFields};
constexpr PbField kServiceFields[] = {
    {1, "metadata", kMessage, kOne, &kPbObjectMeta},
    {2, "spec", kMessage, kOne, &kServiceSpec},
    {3, "status", kMessage, kOne, &kServiceStatus},
};
constexpr PbMessage kService{kServiceFields};

constexpr PbField kPreconditionsFields[] = {
    {1, "uid", kString, kOptional},
    {2, "resourceVersion", kString, kOptional},
};
constexpr PbMessage kPreconditions{kPreconditionsFields};
constexpr PbField kDeleteOptionsFields[] = {
    {1, "gracePeriodSeconds", kInt, kOptional},
    {2, "preconditions", kMessage, kOptional, &kPreconditions},
    {3, "orphanDependents", kBool, kOptional},
    {4, "propagationPolicy", kString, kOptional},
    {5, "dryRun", kString, kList},
};
constexpr PbMessage kDeleteOptions{kDeleteOptionsFields};
constexpr PbField kEvictionFields[] = {
    {1, "metadata", kMessage, kOne, &kPbObjectMeta},
    {2, "deleteOptions", kMessage, kOptional, &kDeleteOptions},
};
constexpr PbMessage kEviction{kEvictionFields};
constexpr PbField kBindingFields[] = {
    {1, "metadata", kMessage, kOne, &kPbObjectMeta},
    {2, "target", kMessage, kOne, &kPbObjectReference},
};
constexpr PbMessage kBinding{kBindingFields};

constexpr PbField kResourceAttributesFields[] = {
    {1, "namespace"}, {2, "verb"}, {3, "group"}, {4, "version"}, {5, "resource"}, {6, "subresource"}, {7, "name"},
};
constexpr PbMessage kResourceAttributes{kResourceAttributesFields};
constexpr PbField kNonResourceAttributesFields[] = {{1, "path"}, {2, "verb"}};
constexpr PbMessage kNonResourceAttributes{kNonResourceAttributesFields};
constexpr PbField kAccessReviewSpecFields[] = {
    {1, "resourceAttributes", kMessage, kOptional, &kResourceAttributes},
    {2, "nonResourceAttributes", kMessage, kOptional, &kNonResourceAttributes},
};
constexpr PbMessage kAccessReviewSpec{kAccessReviewSpecFields};
constexpr PbField kAccessReviewStatusFields[] = {
    {1, "allowed", kBool}, {2, "reason"}, {3, "evaluationError"}, {4, "denied", kBool}};
constexpr PbMessage kAccessReviewStatus{kAccessReviewStatusFields};
constexpr PbField kAccessReviewFields[] = {
    {1, "metadata", kMessage, kOne, &kPbObjectMeta},
    {2, "spec", kMessage, kOne, &kAccessReviewSpec},
    {3, "status", kMessage, kOne, &kAccessReviewStatus},
};
constexpr PbMessage kAccessReview{kAccessReviewFields};

constexpr PbField kRulesReviewSpecFields[] = {{1, "namespace"}};
constexpr PbMessage kRulesReviewSpec{kRulesReviewSpecFields};
constexpr PbField kRulesReviewStatusFields[] = {{3, "incomplete", kBool}, {4, "evaluationError"}};
constexpr PbMessage kRulesReviewStatus{kRulesReviewStatusFields};
constexpr PbField kRulesReviewFields[] = {
    {1, "metadata", kMessage, kOne, &kPbObjectMeta},
    {2, "spec", kMessage, kOne, &kRulesReviewSpec},
    {3, "status", kMessage, kOne, &kRulesReviewStatus},
};
constexpr PbMessage kRulesReview{kRulesReviewFields};

constexpr PbField kUserInfoFields[] = {{1, "username"}, {2, "uid"}, {3, "groups", kString, kList}};
constexpr PbMessage kUserInfo{kUserInfoFields};
constexpr PbField kSelfReviewStatusFields[] = {{1, "userInfo", kMessage, kOne, &kUserInfo}};
constexpr PbMessage kSelfReviewStatus{kSelfReviewStatusFields};
constexpr PbField kSelfReviewFields[] = {
    {1, "metadata", kMessage, kOne, &kPbObjectMeta},
    {2, "status", kMessage, kOne, &kSelfReviewStatus},
};
constexpr PbMessage kSelfReview{kSelfReviewFields};

constexpr PbField kBoundReferenceFields[] = {{1, "kind"}, {2, "apiVersion"}, {3, "name"}, {4, "uid"}};
constexpr PbMessage kBoundReference{kBoundReferenceFields};
constexpr PbField kTokenSpecFields[] = {
    {1, "audiences", kString, kList},
    {3, "boundObjectRef", kMessage, kOptional, &kBoundReference},
    {4, "expirationSeconds", kInt, kOptional},
};
constexpr PbMessage kTokenSpec{kTokenSpecFields};
constexpr PbField kTokenStatusFields[] = {{1, "token"}, {2, "expirationTimestamp", kTime}};
constexpr PbMessage kTokenStatus{kTokenStatusFields};
constexpr PbField kTokenRequestFields[] = {
    {1, "metadata", kMessage, kOne, &kPbObjectMeta},
    {2, "spec", kMessage, kOne, &kTokenSpec},
    {3, "status", kMessage, kOne, &kTokenStatus},
};
constexpr PbMessage kTokenRequest{kTokenRequestFields};

constexpr PbField kTemplateFields[] = {
    {1, "metadata", kMessage, kOne, &kPbObjectMeta},
    {2, "spec", kMessage, kOne, &kPbPodSpec},
};
constexpr PbMessage kTemplate{kTemplateFields};
constexpr PbField kRollingUpdateFields[] = {
    {1, "maxUnavailable", kIntOrString, kOptional},
    {2, "maxSurge", kIntOrString, kOptional},
};
constexpr PbMessage kRollingUpdate{kRollingUpdateFields};
constexpr PbField kStrategyFields[] = {{1, "type"}, {2, "rollingUpdate", kMessage, kOptional, &kRollingUpdate}};
constexpr PbMessage kStrategy{kStrategyFields};
constexpr PbField kDeploymentSpecFields[] = {
    {1, "replicas", kInt, kOptional},
    {2, "selector", kMessage, kOptional, &kPbLabelSelector},
    {3, "template", kMessage, kOne, &kTemplate},
    {4, "strategy", kMessage, kOne, &kStrategy},
    {5, "minReadySeconds", kInt},
    {6, "revisionHistoryLimit", kInt, kOptional},
    {7, "paused", kBool},
    {9, "progressDeadlineSeconds", kInt, kOptional},
};
constexpr PbMessage kDeploymentSpec{kDeploymentSpecFields};
constexpr PbField kDeploymentFields[] = {
    {1, "metadata", kMessage, kOne, &kPbObjectMeta},
    {2, "spec", kMessage, kOne, &kDeploymentSpec},
    {3, "status", kMessage, kOne, &kEmpty},
};
constexpr PbMessage kDeployment{kDeploymentFields};

// The status of a new pod is the server's.
constexpr PbField kPodFields[] = {
    {1, "metadata", kMessage, kOne, &kPbObjectMeta},
    {2, "spec", kMessage, kOne, &kPbPodSpec},
};
constexpr PbMessage kPod{kPodFields};

constexpr PbKind kKinds[] = {
    {"ConfigMap", &kConfigMap},
    {"Secret", &kSecret},
    {"Namespace", &kNamespace},
    {"ServiceAccount", &kServiceAccount},
    {"Service", &kService},
    {"Deployment", &kDeployment},
    {"Pod", &kPod},
    {"DeleteOptions", &kDeleteOptions},
    {"Eviction", &kEviction},
    {"Binding", &kBinding},
    {"SelfSubjectAccessReview", &kAccessReview},
    {"SelfSubjectRulesReview", &kRulesReview},
    {"SelfSubjectReview", &kSelfReview},
    {"TokenRequest", &kTokenRequest},
};

}  // namespace

const PbMessage* FindPbMessage(std::string_view kind) {
  for (const PbKind& known : kKinds) {
    if (known.kind == kind) return known.message;
  }
  return nullptr;
}

}  // namespace ordinal::apiserver::rest

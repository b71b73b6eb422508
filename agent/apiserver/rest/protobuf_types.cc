#include "agent/apiserver/rest/protobuf_types.h"

namespace ordinal::apiserver::rest {
namespace {

using enum PbType;
using enum PbShape;

constexpr PbField kOwnerReferenceFields[] = {
    {1, "kind"},
    {3, "name"},
    {4, "uid"},
    {5, "apiVersion"},
    {6, "controller", kBool, kOptional},
    {7, "blockOwnerDeletion", kBool, kOptional},
};
constexpr PbMessage kOwnerReference{kOwnerReferenceFields};

constexpr PbField kObjectMetaFields[] = {
    {1, "name"},
    {2, "generateName"},
    {3, "namespace"},
    {4, "selfLink"},
    {5, "uid"},
    {6, "resourceVersion"},
    {7, "generation", kInt},
    {8, "creationTimestamp", kTime},
    {9, "deletionTimestamp", kTime},
    {10, "deletionGracePeriodSeconds", kInt, kOptional},
    {11, "labels", kString, kMap},
    {12, "annotations", kString, kMap},
    {13, "ownerReferences", kMessage, kList, &kOwnerReference},
    {14, "finalizers", kString, kList},
};
constexpr PbMessage kObjectMeta{kObjectMetaFields};

constexpr PbField kObjectReferenceFields[] = {
    {1, "kind"}, {2, "namespace"}, {3, "name"}, {4, "uid"}, {5, "apiVersion"}, {6, "resourceVersion"}, {7, "fieldPath"},
};
constexpr PbMessage kObjectReference{kObjectReferenceFields};

constexpr PbField kLocalReferenceFields[] = {{1, "name"}};
constexpr PbMessage kLocalReference{kLocalReferenceFields};

constexpr PbField kConfigMapFields[] = {
    {1, "metadata", kMessage, kOne, &kObjectMeta},
    {2, "data", kString, kMap},
    {3, "binaryData", kBytes, kMap},
    {4, "immutable", kBool, kOptional},
};
constexpr PbMessage kConfigMap{kConfigMapFields};

constexpr PbField kSecretFields[] = {
    {1, "metadata", kMessage, kOne, &kObjectMeta},
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
    {1, "metadata", kMessage, kOne, &kObjectMeta},
    {2, "spec", kMessage, kOne, &kFinalizers},
    {3, "status", kMessage, kOne, &kPhase},
};
constexpr PbMessage kNamespace{kNamespaceFields};

constexpr PbField kServiceAccountFields[] = {
    {1, "metadata", kMessage, kOne, &kObjectMeta},
    {2, "secrets", kMessage, kList, &kObjectReference},
    {3, "imagePullSecrets", kMessage, kList, &kLocalReference},
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
    {17, "ipFamilyPolicy", kString, kOptional},
    {18, "clusterIPs", kString, kList},
    {19, "ipFamilies", kString, kList},
    {20, "allocateLoadBalancerNodePorts", kBool, kOptional},
    {22, "internalTrafficPolicy", kString, kOptional},
};
constexpr PbMessage kServiceSpec{kServiceSpecFields};
constexpr PbField kServiceStatusFields[] = {{1, "loadBalancer", kMessage, kOne, &kEmpty}};
constexpr PbMessage kServiceStatus{kServiceStatusFields};
constexpr PbField kServiceFields[] = {
    {1, "metadata", kMessage, kOne, &kObjectMeta},
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
    {1, "metadata", kMessage, kOne, &kObjectMeta},
    {2, "deleteOptions", kMessage, kOptional, &kDeleteOptions},
};
constexpr PbMessage kEviction{kEvictionFields};
constexpr PbField kBindingFields[] = {
    {1, "metadata", kMessage, kOne, &kObjectMeta},
    {2, "target", kMessage, kOne, &kObjectReference},
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
    {1, "metadata", kMessage, kOne, &kObjectMeta},
    {2, "spec", kMessage, kOne, &kAccessReviewSpec},
    {3, "status", kMessage, kOne, &kAccessReviewStatus},
};
constexpr PbMessage kAccessReview{kAccessReviewFields};

constexpr PbField kRulesReviewSpecFields[] = {{1, "namespace"}};
constexpr PbMessage kRulesReviewSpec{kRulesReviewSpecFields};
constexpr PbField kRulesReviewStatusFields[] = {{3, "incomplete", kBool}, {4, "evaluationError"}};
constexpr PbMessage kRulesReviewStatus{kRulesReviewStatusFields};
constexpr PbField kRulesReviewFields[] = {
    {1, "metadata", kMessage, kOne, &kObjectMeta},
    {2, "spec", kMessage, kOne, &kRulesReviewSpec},
    {3, "status", kMessage, kOne, &kRulesReviewStatus},
};
constexpr PbMessage kRulesReview{kRulesReviewFields};

constexpr PbField kUserInfoFields[] = {{1, "username"}, {2, "uid"}, {3, "groups", kString, kList}};
constexpr PbMessage kUserInfo{kUserInfoFields};
constexpr PbField kSelfReviewStatusFields[] = {{1, "userInfo", kMessage, kOne, &kUserInfo}};
constexpr PbMessage kSelfReviewStatus{kSelfReviewStatusFields};
constexpr PbField kSelfReviewFields[] = {
    {1, "metadata", kMessage, kOne, &kObjectMeta},
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
    {1, "metadata", kMessage, kOne, &kObjectMeta},
    {2, "spec", kMessage, kOne, &kTokenSpec},
    {3, "status", kMessage, kOne, &kTokenStatus},
};
constexpr PbMessage kTokenRequest{kTokenRequestFields};

// Of kubectl create deployment: a template as such commands make it. A field that is not here is refused, not lost.
constexpr PbField kContainerPortFields[] = {
    {1, "name"}, {2, "hostPort", kInt}, {3, "containerPort", kInt}, {4, "protocol"}, {5, "hostIP"}};
constexpr PbMessage kContainerPort{kContainerPortFields};
constexpr PbField kEnvVarFields[] = {{1, "name"}, {2, "value"}};
constexpr PbMessage kEnvVar{kEnvVarFields};
constexpr PbField kContainerFields[] = {
    {1, "name"},
    {2, "image"},
    {3, "command", kString, kList},
    {4, "args", kString, kList},
    {5, "workingDir"},
    {6, "ports", kMessage, kList, &kContainerPort},
    {7, "env", kMessage, kList, &kEnvVar},
    {8, "resources", kMessage, kOne, &kEmpty},
    {14, "imagePullPolicy"},
    {16, "stdin", kBool},
    {17, "stdinOnce", kBool},
    {18, "tty", kBool},
};
constexpr PbMessage kContainer{kContainerFields};
constexpr PbField kPodSpecFields[] = {
    {2, "containers", kMessage, kList, &kContainer},
    {3, "restartPolicy"},
    {4, "terminationGracePeriodSeconds", kInt, kOptional},
    {6, "dnsPolicy"},
    {7, "nodeSelector", kString, kMap},
    {8, "serviceAccountName"},
    {10, "nodeName"},
};
constexpr PbMessage kPodSpec{kPodSpecFields};
constexpr PbField kTemplateFields[] = {
    {1, "metadata", kMessage, kOne, &kObjectMeta},
    {2, "spec", kMessage, kOne, &kPodSpec},
};
constexpr PbMessage kTemplate{kTemplateFields};
constexpr PbField kLabelSelectorFields[] = {{1, "matchLabels", kString, kMap}};
constexpr PbMessage kLabelSelector{kLabelSelectorFields};
constexpr PbField kDeploymentSpecFields[] = {
    {1, "replicas", kInt, kOptional},
    {2, "selector", kMessage, kOptional, &kLabelSelector},
    {3, "template", kMessage, kOne, &kTemplate},
    {4, "strategy", kMessage, kOne, &kEmpty},
};
constexpr PbMessage kDeploymentSpec{kDeploymentSpecFields};
constexpr PbField kDeploymentFields[] = {
    {1, "metadata", kMessage, kOne, &kObjectMeta},
    {2, "spec", kMessage, kOne, &kDeploymentSpec},
    {3, "status", kMessage, kOne, &kEmpty},
};
constexpr PbMessage kDeployment{kDeploymentFields};

constexpr PbKind kKinds[] = {
    {"ConfigMap", &kConfigMap},
    {"Secret", &kSecret},
    {"Namespace", &kNamespace},
    {"ServiceAccount", &kServiceAccount},
    {"Service", &kService},
    {"Deployment", &kDeployment},
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

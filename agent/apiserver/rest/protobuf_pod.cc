// The pod itself, in protobuf.
#include "agent/apiserver/rest/protobuf_pod.h"

namespace ordinal::apiserver::rest {
namespace {

using enum PbType;
using enum PbShape;

constexpr PbField kNodeSelectorRequirementFields[] = {
    {1, "key"},
    {2, "operator"},
    {3, "values", kString, kList},
};
constexpr PbMessage kNodeSelectorRequirement{kNodeSelectorRequirementFields};

constexpr PbField kNodeSelectorTermFields[] = {
    {1, "matchExpressions", kMessage, kList, &kNodeSelectorRequirement},
    {2, "matchFields", kMessage, kList, &kNodeSelectorRequirement},
};
constexpr PbMessage kNodeSelectorTerm{kNodeSelectorTermFields};

constexpr PbField kNodeSelectorFields[] = {
    {1, "nodeSelectorTerms", kMessage, kList, &kNodeSelectorTerm},
};
constexpr PbMessage kNodeSelector{kNodeSelectorFields};

constexpr PbField kPreferredSchedulingTermFields[] = {
    {1, "weight", kInt},
    {2, "preference", kMessage, kOne, &kNodeSelectorTerm},
};
constexpr PbMessage kPreferredSchedulingTerm{kPreferredSchedulingTermFields};

constexpr PbField kNodeAffinityFields[] = {
    {1, "requiredDuringSchedulingIgnoredDuringExecution", kMessage, kOptional, &kNodeSelector},
    {2, "preferredDuringSchedulingIgnoredDuringExecution", kMessage, kList, &kPreferredSchedulingTerm},
};
constexpr PbMessage kNodeAffinity{kNodeAffinityFields};

constexpr PbField kPodAffinityTermFields[] = {
    {1, "labelSelector", kMessage, kOptional, &kPbLabelSelector},
    {2, "namespaces", kString, kList},
    {3, "topologyKey"},
    {4, "namespaceSelector", kMessage, kOptional, &kPbLabelSelector},
    {5, "matchLabelKeys", kString, kList},
    {6, "mismatchLabelKeys", kString, kList},
};
constexpr PbMessage kPodAffinityTerm{kPodAffinityTermFields};

constexpr PbField kWeightedPodAffinityTermFields[] = {
    {1, "weight", kInt},
    {2, "podAffinityTerm", kMessage, kOne, &kPodAffinityTerm},
};
constexpr PbMessage kWeightedPodAffinityTerm{kWeightedPodAffinityTermFields};

constexpr PbField kPodAffinityFields[] = {
    {1, "requiredDuringSchedulingIgnoredDuringExecution", kMessage, kList, &kPodAffinityTerm},
    {2, "preferredDuringSchedulingIgnoredDuringExecution", kMessage, kList, &kWeightedPodAffinityTerm},
};
constexpr PbMessage kPodAffinity{kPodAffinityFields};

constexpr PbField kPodAntiAffinityFields[] = {
    {1, "requiredDuringSchedulingIgnoredDuringExecution", kMessage, kList, &kPodAffinityTerm},
    {2, "preferredDuringSchedulingIgnoredDuringExecution", kMessage, kList, &kWeightedPodAffinityTerm},
};
constexpr PbMessage kPodAntiAffinity{kPodAntiAffinityFields};

constexpr PbField kAffinityFields[] = {
    {1, "nodeAffinity", kMessage, kOptional, &kNodeAffinity},
    {2, "podAffinity", kMessage, kOptional, &kPodAffinity},
    {3, "podAntiAffinity", kMessage, kOptional, &kPodAntiAffinity},
};
constexpr PbMessage kAffinity{kAffinityFields};

constexpr PbField kTolerationFields[] = {
    {1, "key"}, {2, "operator"}, {3, "value"}, {4, "effect"}, {5, "tolerationSeconds", kInt, kOptional},
};
constexpr PbMessage kToleration{kTolerationFields};

constexpr PbField kTopologySpreadConstraintFields[] = {
    {1, "maxSkew", kInt},
    {2, "topologyKey"},
    {3, "whenUnsatisfiable"},
    {4, "labelSelector", kMessage, kOptional, &kPbLabelSelector},
    {5, "minDomains", kInt, kOptional},
    {6, "nodeAffinityPolicy", kString, kOptional},
    {7, "nodeTaintsPolicy", kString, kOptional},
    {8, "matchLabelKeys", kString, kList},
};
constexpr PbMessage kTopologySpreadConstraint{kTopologySpreadConstraintFields};

constexpr PbField kSysctlFields[] = {
    {1, "name"},
    {2, "value"},
};
constexpr PbMessage kSysctl{kSysctlFields};

constexpr PbField kPodSecurityContextFields[] = {
    {1, "seLinuxOptions", kMessage, kOptional, &kPbSELinuxOptions},
    {2, "runAsUser", kInt, kOptional},
    {3, "runAsNonRoot", kBool, kOptional},
    {4, "supplementalGroups", kInt, kList},
    {5, "fsGroup", kInt, kOptional},
    {6, "runAsGroup", kInt, kOptional},
    {7, "sysctls", kMessage, kList, &kSysctl},
    {8, "windowsOptions", kMessage, kOptional, &kPbWindowsSecurityContextOptions},
    {9, "fsGroupChangePolicy", kString, kOptional},
    {10, "seccompProfile", kMessage, kOptional, &kPbSeccompProfile},
    {11, "appArmorProfile", kMessage, kOptional, &kPbAppArmorProfile},
    {12, "supplementalGroupsPolicy", kString, kOptional},
    {13, "seLinuxChangePolicy", kString, kOptional},
};
constexpr PbMessage kPodSecurityContext{kPodSecurityContextFields};

constexpr PbField kHostAliasFields[] = {
    {1, "ip"},
    {2, "hostnames", kString, kList},
};
constexpr PbMessage kHostAlias{kHostAliasFields};

constexpr PbField kPodDNSConfigOptionFields[] = {
    {1, "name"},
    {2, "value", kString, kOptional},
};
constexpr PbMessage kPodDNSConfigOption{kPodDNSConfigOptionFields};

constexpr PbField kPodDNSConfigFields[] = {
    {1, "nameservers", kString, kList},
    {2, "searches", kString, kList},
    {3, "options", kMessage, kList, &kPodDNSConfigOption},
};
constexpr PbMessage kPodDNSConfig{kPodDNSConfigFields};

constexpr PbField kPodReadinessGateFields[] = {
    {1, "conditionType"},
};
constexpr PbMessage kPodReadinessGate{kPodReadinessGateFields};

constexpr PbField kPodOSFields[] = {
    {1, "name"},
};
constexpr PbMessage kPodOS{kPodOSFields};

constexpr PbField kPodSchedulingGateFields[] = {
    {1, "name"},
};
constexpr PbMessage kPodSchedulingGate{kPodSchedulingGateFields};

constexpr PbField kPodResourceClaimFields[] = {
    {1, "name"},
    {3, "resourceClaimName", kString, kOptional},
    {4, "resourceClaimTemplateName", kString, kOptional},
};
constexpr PbMessage kPodResourceClaim{kPodResourceClaimFields};

constexpr PbField kPodSpecFields[] = {
    {1, "volumes", kMessage, kList, &kPbVolume},
    {2, "containers", kMessage, kList, &kPbContainer},
    {3, "restartPolicy"},
    {4, "terminationGracePeriodSeconds", kInt, kOptional},
    {5, "activeDeadlineSeconds", kInt, kOptional},
    {6, "dnsPolicy"},
    {7, "nodeSelector", kString, kMap},
    {8, "serviceAccountName"},
    {9, "serviceAccount"},
    {10, "nodeName"},
    {11, "hostNetwork", kBool},
    {12, "hostPID", kBool},
    {13, "hostIPC", kBool},
    {14, "securityContext", kMessage, kOptional, &kPodSecurityContext},
    {15, "imagePullSecrets", kMessage, kList, &kPbLocalObjectReference},
    {16, "hostname"},
    {17, "subdomain"},
    {18, "affinity", kMessage, kOptional, &kAffinity},
    {19, "schedulerName"},
    {20, "initContainers", kMessage, kList, &kPbContainer},
    {21, "automountServiceAccountToken", kBool, kOptional},
    {22, "tolerations", kMessage, kList, &kToleration},
    {23, "hostAliases", kMessage, kList, &kHostAlias},
    {24, "priorityClassName"},
    {25, "priority", kInt, kOptional},
    {26, "dnsConfig", kMessage, kOptional, &kPodDNSConfig},
    {27, "shareProcessNamespace", kBool, kOptional},
    {28, "readinessGates", kMessage, kList, &kPodReadinessGate},
    {29, "runtimeClassName", kString, kOptional},
    {30, "enableServiceLinks", kBool, kOptional},
    {31, "preemptionPolicy", kString, kOptional},
    {32, "overhead", kQuantity, kMap},
    {33, "topologySpreadConstraints", kMessage, kList, &kTopologySpreadConstraint},
    {34, "ephemeralContainers", kMessage, kList, &kPbEphemeralContainer},
    {35, "setHostnameAsFQDN", kBool, kOptional},
    {36, "os", kMessage, kOptional, &kPodOS},
    {37, "hostUsers", kBool, kOptional},
    {38, "schedulingGates", kMessage, kList, &kPodSchedulingGate},
    {39, "resourceClaims", kMessage, kList, &kPodResourceClaim},
    {40, "resources", kMessage, kOptional, &kPbResourceRequirements},
};

}  // namespace

constinit const PbMessage kPbPodSpec{kPodSpecFields};

}  // namespace ordinal::apiserver::rest

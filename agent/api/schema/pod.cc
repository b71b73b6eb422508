// Pod, its template and spec.
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kPodFields[] = {
    String("apiVersion"),
    String("kind"),
    Default(Struct("metadata", kObjectMeta), "{}"),
    Default(Struct("spec", kPodSpec), "{}"),
    Default(Struct("status", kPodStatus), R"({"phase":"Pending"})"),
};

constexpr Field kPodTemplateSpecFields[] = {
    Default(Struct("metadata", kObjectMeta), "{}"),
    Default(Struct("spec", kPodSpec), "{}"),
};

constexpr Field kPodSpecFields[] = {
    Int64("activeDeadlineSeconds"),
    Struct("affinity", kAffinity),
    Bool("automountServiceAccountToken"),
    Required(List(Struct("containers", kContainer), "name")),
    Struct("dnsConfig", kPodDNSConfig),
    Default(String("dnsPolicy"), R"("ClusterFirst")"),
    Bool("enableServiceLinks"),
    List(Struct("ephemeralContainers", kEphemeralContainer), "name"),
    List(Struct("hostAliases", kHostAlias), "ip"),
    Bool("hostIPC"),
    Bool("hostNetwork"),
    Bool("hostPID"),
    Bool("hostUsers"),
    String("hostname"),
    List(Struct("imagePullSecrets", kLocalObjectReference), "name"),
    List(Struct("initContainers", kContainer), "name"),
    String("nodeName"),
    Atomic(Map(String("nodeSelector"))),
    Struct("os", kPodOS),
    Map(Quantity("overhead")),
    String("preemptionPolicy"),
    Int32("priority"),
    String("priorityClassName"),
    List(Struct("readinessGates", kPodReadinessGate)),
    List(Struct("resourceClaims", kPodResourceClaim), "name"),
    Struct("resources", kResourceRequirements),
    Default(String("restartPolicy"), R"("Always")"),
    String("runtimeClassName"),
    Default(String("schedulerName"), R"("default-scheduler")"),
    List(Struct("schedulingGates", kPodSchedulingGate), "name"),
    Default(Struct("securityContext", kPodSecurityContext), "{}"),
    String("serviceAccount"),
    String("serviceAccountName"),
    Bool("setHostnameAsFQDN"),
    Bool("shareProcessNamespace"),
    String("subdomain"),
    Default(Int64("terminationGracePeriodSeconds"), "30"),
    List(Struct("tolerations", kToleration)),
    Keyed(List(Struct("topologySpreadConstraints", kTopologySpreadConstraint), "topologyKey"),
          "topologyKey,whenUnsatisfiable"),
    List(Struct("volumes", kVolume), "name"),
};

constexpr Field kPodDNSConfigFields[] = {
    List(String("nameservers")),
    List(Struct("options", kPodDNSConfigOption)),
    List(String("searches")),
};

constexpr Field kPodDNSConfigOptionFields[] = {
    String("name"),
    String("value"),
};

constexpr Field kHostAliasFields[] = {
    List(String("hostnames")),
    String("ip"),
};

constexpr Field kPodOSFields[] = {
    Required(String("name")),
};

constexpr Field kPodReadinessGateFields[] = {
    Required(String("conditionType")),
};

constexpr Field kPodResourceClaimFields[] = {
    Required(String("name")),
    String("resourceClaimName"),
    String("resourceClaimTemplateName"),
};

}  // namespace

constinit const StructType kPod{"Pod", kPodFields};
constinit const StructType kPodTemplateSpec{"PodTemplateSpec", kPodTemplateSpecFields};
constinit const StructType kPodSpec{"PodSpec", kPodSpecFields};
constinit const StructType kPodDNSConfig{"PodDNSConfig", kPodDNSConfigFields};
constinit const StructType kPodDNSConfigOption{"PodDNSConfigOption", kPodDNSConfigOptionFields};
constinit const StructType kHostAlias{"HostAlias", kHostAliasFields};
constinit const StructType kPodOS{"PodOS", kPodOSFields};
constinit const StructType kPodReadinessGate{"PodReadinessGate", kPodReadinessGateFields};
constinit const StructType kPodResourceClaim{"PodResourceClaim", kPodResourceClaimFields};

}  // namespace ordinal::api::schema

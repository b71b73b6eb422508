// Pod, its template and spec.
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/pod/values.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kPodFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kPodSpec), "{}"), "what shall run"),
    Tag(3, Default(Struct("status", kPodStatus), R"({"phase":"Pending"})"),
        "what was last seen of the pod; written by the node"),
};

constexpr Field kPodTemplateSpecFields[] = {
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}"), "labels and annotations of the pods"),
    Tag(2, Default(Struct("spec", kPodSpec), "{}"), "what the pods run"),
};

constexpr Field kPodSpecFields[] = {
    Tag(5, Optional(Int64("activeDeadlineSeconds")),
        "seconds after its start when the pod is ended and counts as failed"),
    Tag(18, Optional(Struct("affinity", kAffinity)), "which nodes and neighbours the pod wants"),
    Tag(21, Optional(Bool("automountServiceAccountToken")),
        "whether a token of the service account is put into the containers"),
    Tag(2, Required(List(Struct("containers", kContainer), "name")),
        "the containers, which run side by side; at least one"),
    Tag(26, Optional(Struct("dnsConfig", kPodDNSConfig)), "resolver settings, added to those of dnsPolicy"),
    Tag(6, Default(OneOf(String("dnsPolicy"), kDnsPolicies), R"("ClusterFirst")"),
        "where names are resolved: ClusterFirst (the default), ClusterFirstWithHostNet, Default (as the host does) or "
        "None"),
    Tag(30, Optional(Bool("enableServiceLinks")),
        "whether services of the namespace are told in environment variables; none here has an address to tell"),
    Tag(34, List(Struct("ephemeralContainers", kEphemeralContainer), "name"),
        "containers put into a running pod to look into it; set through their own subresource"),
    Tag(23, List(Struct("hostAliases", kHostAlias), "ip"), "lines added to /etc/hosts of the containers"),
    Tag(13, Bool("hostIPC"), "share the IPC namespace of the host"),
    Tag(11, Bool("hostNetwork"), "share the network of the host"),
    Tag(12, Bool("hostPID"), "share the process table of the host"),
    Tag(37, Optional(Bool("hostUsers")),
        "false: the pod's root is nobody on the host (needs a runtime that has user namespaces)"),
    Tag(16, String("hostname"), "the pod's host name; its own name when absent"),
    Tag(41, Optional(String("hostnameOverride")), "what the pod itself sees as its host name; DNS goes by hostname"),
    Tag(15, List(Struct("imagePullSecrets", kLocalObjectReference), "name"),
        "secrets with the credentials for pulling images"),
    Tag(20, List(Struct("initContainers", kContainer), "name"),
        "containers that run one after another, each to its end, before the others start; with restartPolicy Always "
        "they go on beside them"),
    Tag(10, String("nodeName"), "the node the pod is placed on"),
    Tag(7, Atomic(Map(String("nodeSelector"))), "labels a node must have to run the pod"),
    Tag(36, Optional(Struct("os", kPodOS)), "the operating system of the containers"),
    Tag(32, Map(Quantity("overhead")),
        "what running the pod costs beyond its containers; comes from its runtime class"),
    Tag(31, Optional(OneOf(String("preemptionPolicy"), kPreemptionPolicies)),
        "whether it may take the place of less important pods; its class says"),
    Tag(25, Optional(Int32("priority")), "the higher, the more important; comes from the class"),
    Tag(24, String("priorityClassName"), "the PriorityClass that the priority comes from"),
    Tag(28, List(Struct("readinessGates", kPodReadinessGate)),
        "conditions that must be True, beside the containers being ready, for the pod to be ready"),
    Tag(39, Unsupported(List(Struct("resourceClaims", kPodResourceClaim), "name"), "dynamic resource allocation")),
    Tag(40, Optional(Struct("resources", kResourceRequirements)),
        "what the pod needs as a whole and may use at most, whatever its containers have of their own"),
    Tag(3, Default(OneOf(String("restartPolicy"), kPodRestartPolicies), R"("Always")"),
        "when ended containers are started again: Always (the default), OnFailure or Never"),
    Tag(29, Optional(String("runtimeClassName")), "the RuntimeClass the pod runs with"),
    Tag(19,
        Ineffective(Default(String("schedulerName"), R"("default-scheduler")"), "there is no scheduler",
                    R"("default-scheduler")"),
        "who places the pod"),
    Tag(38, Unsupported(List(Struct("schedulingGates", kPodSchedulingGate), "name"), "scheduling gates")),
    Tag(43,
        Optional(Unsupported(Struct("schedulingGroup", kPodSchedulingGroup), "groups of pods that start together"))),
    Tag(14, Optional(Default(Struct("securityContext", kPodSecurityContext), "{}")),
        "user, group and kernel settings of all containers"),
    Tag(9, String("serviceAccount"), "the old name of serviceAccountName"),
    Tag(8, String("serviceAccountName"), "the account the pod's processes act as at the API"),
    Tag(35, Optional(Bool("setHostnameAsFQDN")), "make the full domain name the host name"),
    Tag(27, Optional(Bool("shareProcessNamespace")), "let all containers see each other's processes"),
    Tag(17, String("subdomain"),
        "the headless service under whose name the pod's own name is found: "
        "<hostname>.<subdomain>.<namespace>.svc.<zone>"),
    Tag(4, Optional(Default(Int64("terminationGracePeriodSeconds"), "30")),
        "seconds between asking the processes to end and killing them; 30 when absent, 0 kills at once"),
    Tag(22, List(Struct("tolerations", kToleration)), "taints of nodes the pod puts up with"),
    Tag(33,
        Keyed(List(Struct("topologySpreadConstraints", kTopologySpreadConstraint), "topologyKey"),
              "topologyKey,whenUnsatisfiable"),
        "how pods are spread over zones and nodes"),
    Tag(1, RetainKeys(List(Struct("volumes", kVolume), "name")), "volumes that containers may mount"),
};

constexpr Field kPodDNSConfigFields[] = {
    Tag(1, List(String("nameservers")), "addresses of name servers, put before those of the policy"),
    Tag(3, List(Struct("options", kPodDNSConfigOption)), "resolver options, put after those of the policy"),
    Tag(2, List(String("searches")), "domains in which short names are looked up, put after those of the policy"),
};

constexpr Field kPodDNSConfigOptionFields[] = {
    Tag(1, String("name"), "the option, such as ndots"),
    Tag(2, Optional(String("value")), "its value, where it has one"),
};

constexpr Field kHostAliasFields[] = {
    Tag(2, List(String("hostnames")), "the names this address has"),
    Tag(1, String("ip"), "the address"),
};

constexpr Field kPodOSFields[] = {
    Tag(1, Required(OneOf(String("name"), kOperatingSystems)), "linux; a node of this agent rejects one for windows"),
};

constexpr Field kPodReadinessGateFields[] = {
    Tag(1, Required(String("conditionType")), "the condition that must be True for the pod to be ready"),
};

constexpr Field kPodSchedulingGroupFields[] = {
    Tag(1, Optional(String("podGroupName"))),
};

constexpr Field kPodResourceClaimFields[] = {
    Tag(1, Required(String("name"))),
    Tag(3, Optional(String("resourceClaimName"))),
    Tag(4, Optional(String("resourceClaimTemplateName"))),
};

}  // namespace

constinit const StructType kPod{
    "Pod", kPodFields,
    "one or several containers that share a network address and volumes and live on one node together"};
constinit const StructType kPodTemplateSpec{"PodTemplateSpec", kPodTemplateSpecFields,
                                            "the pod that is made for every replica"};
constinit const StructType kPodSpec{"PodSpec", kPodSpecFields, "what a pod runs and how"};
constinit const StructType kPodDNSConfig{"PodDNSConfig", kPodDNSConfigFields};
constinit const StructType kPodDNSConfigOption{"PodDNSConfigOption", kPodDNSConfigOptionFields};
constinit const StructType kHostAlias{"HostAlias", kHostAliasFields, "a line of the pod's /etc/hosts"};
constinit const StructType kPodOS{"PodOS", kPodOSFields};
constinit const StructType kPodReadinessGate{"PodReadinessGate", kPodReadinessGateFields};
constinit const StructType kPodResourceClaim{"PodResourceClaim", kPodResourceClaimFields};
constinit const StructType kPodSchedulingGroup{"PodSchedulingGroup", kPodSchedulingGroupFields};

}  // namespace ordinal::api::schema

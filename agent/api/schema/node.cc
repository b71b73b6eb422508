// Node, Namespace and Event (core/v1).
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kNodeFields[] = {
    String("apiVersion"),          String("kind"), Struct("metadata", kObjectMeta), Struct("spec", kNodeSpec),
    Struct("status", kNodeStatus),
};

constexpr Field kNodeSpecFields[] = {
    Struct("configSource", kNodeConfigSource),
    String("externalID"),
    String("podCIDR"),
    List(String("podCIDRs"), "="),
    String("providerID"),
    List(Struct("taints", kTaint)),
    Bool("unschedulable"),
};

constexpr Field kTaintFields[] = {
    Required(String("effect")),
    Required(String("key")),
    Time("timeAdded"),
    String("value"),
};

constexpr Field kNodeConfigSourceFields[] = {
    Struct("configMap", kConfigMapNodeConfigSource),
};

constexpr Field kConfigMapNodeConfigSourceFields[] = {
    String("kubeletConfigKey"), String("name"), String("namespace"), String("resourceVersion"), String("uid"),
};

constexpr Field kNodeStatusFields[] = {
    List(Struct("addresses", kNodeAddress), "type"),
    Map(Quantity("allocatable")),
    Map(Quantity("capacity")),
    List(Struct("conditions", kNodeCondition), "type"),
    Struct("config", kNodeConfigStatus),
    Struct("daemonEndpoints", kNodeDaemonEndpoints),
    Struct("features", kNodeFeatures),
    List(Struct("images", kContainerImage)),
    Struct("nodeInfo", kNodeSystemInfo),
    String("phase"),
    List(Struct("runtimeHandlers", kNodeRuntimeHandler)),
    List(Struct("volumesAttached", kAttachedVolume)),
    List(String("volumesInUse")),
};

constexpr Field kNodeAddressFields[] = {
    String("address"),
    String("type"),
};

constexpr Field kNodeConditionFields[] = {
    Time("lastHeartbeatTime"), Time("lastTransitionTime"), String("message"),
    String("reason"),          String("status"),           String("type"),
};

constexpr Field kNodeConfigStatusFields[] = {
    Struct("active", kNodeConfigSource),
    Struct("assigned", kNodeConfigSource),
    String("error"),
    Struct("lastKnownGood", kNodeConfigSource),
};

constexpr Field kNodeDaemonEndpointsFields[] = {
    Struct("kubeletEndpoint", kDaemonEndpoint),
};

constexpr Field kDaemonEndpointFields[] = {
    Int32("Port"),
};

constexpr Field kNodeFeaturesFields[] = {
    Bool("supplementalGroupsPolicy"),
};

constexpr Field kContainerImageFields[] = {
    List(String("names")),
    Int64("sizeBytes"),
};

constexpr Field kNodeSystemInfoFields[] = {
    String("architecture"),  String("bootID"),           String("containerRuntimeVersion"),
    String("kernelVersion"), String("kubeProxyVersion"), String("kubeletVersion"),
    String("machineID"),     String("operatingSystem"),  String("osImage"),
    String("systemUUID"),
};

constexpr Field kNodeRuntimeHandlerFields[] = {
    Struct("features", kNodeRuntimeHandlerFeatures),
    String("name"),
};

constexpr Field kNodeRuntimeHandlerFeaturesFields[] = {
    Bool("recursiveReadOnlyMounts"),
    Bool("userNamespaces"),
};

constexpr Field kAttachedVolumeFields[] = {
    String("devicePath"),
    String("name"),
};

constexpr Field kNamespaceFields[] = {
    String("apiVersion"),
    String("kind"),
    Struct("metadata", kObjectMeta),
    Struct("spec", kNamespaceSpec),
    Default(Struct("status", kNamespaceStatus), R"({"phase":"Active"})"),
};

constexpr Field kNamespaceSpecFields[] = {
    List(String("finalizers")),
};

constexpr Field kNamespaceStatusFields[] = {
    List(Struct("conditions", kNamespaceCondition), "type"),
    String("phase"),
};

constexpr Field kNamespaceConditionFields[] = {
    Time("lastTransitionTime"), String("message"), String("reason"), String("status"), String("type"),
};

}  // namespace

constinit const StructType kNode{"Node", kNodeFields};
constinit const StructType kNodeSpec{"NodeSpec", kNodeSpecFields};
constinit const StructType kTaint{"Taint", kTaintFields};
constinit const StructType kNodeConfigSource{"NodeConfigSource", kNodeConfigSourceFields};
constinit const StructType kConfigMapNodeConfigSource{"ConfigMapNodeConfigSource", kConfigMapNodeConfigSourceFields};
constinit const StructType kNodeStatus{"NodeStatus", kNodeStatusFields};
constinit const StructType kNodeAddress{"NodeAddress", kNodeAddressFields};
constinit const StructType kNodeCondition{"NodeCondition", kNodeConditionFields};
constinit const StructType kNodeConfigStatus{"NodeConfigStatus", kNodeConfigStatusFields};
constinit const StructType kNodeDaemonEndpoints{"NodeDaemonEndpoints", kNodeDaemonEndpointsFields};
constinit const StructType kDaemonEndpoint{"DaemonEndpoint", kDaemonEndpointFields};
constinit const StructType kNodeFeatures{"NodeFeatures", kNodeFeaturesFields};
constinit const StructType kContainerImage{"ContainerImage", kContainerImageFields};
constinit const StructType kNodeSystemInfo{"NodeSystemInfo", kNodeSystemInfoFields};
constinit const StructType kNodeRuntimeHandler{"NodeRuntimeHandler", kNodeRuntimeHandlerFields};
constinit const StructType kNodeRuntimeHandlerFeatures{"NodeRuntimeHandlerFeatures", kNodeRuntimeHandlerFeaturesFields};
constinit const StructType kAttachedVolume{"AttachedVolume", kAttachedVolumeFields};
constinit const StructType kNamespace{"Namespace", kNamespaceFields};
constinit const StructType kNamespaceSpec{"NamespaceSpec", kNamespaceSpecFields};
constinit const StructType kNamespaceStatus{"NamespaceStatus", kNamespaceStatusFields};
constinit const StructType kNamespaceCondition{"NamespaceCondition", kNamespaceConditionFields};

}  // namespace ordinal::api::schema

#include "agent/api/kinds/node/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kNodeFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(2, Struct("spec", kNodeSpec), "how the node is used"),
    Tag(3, Struct("status", kNodeStatus), "what was last seen"),
};

constexpr Field kNodeSpecFields[] = {
    Tag(6, Optional(Struct("configSource", kNodeConfigSource))),
    Tag(2, String("externalID")),
    Tag(1, String("podCIDR"), "the addresses of its pods"),
    Tag(7, List(String("podCIDRs"), "=")),
    Tag(3, String("providerID")),
    Tag(5, List(Struct("taints", kTaint)), "pods that do not tolerate these stay away"),
    Tag(4, Bool("unschedulable"), "no new pods"),
};

constexpr Field kTaintFields[] = {
    Tag(3, Required(OneOf(String("effect"), kTaintEffects)), "NoSchedule, PreferNoSchedule or NoExecute"),
    Tag(1, Required(String("key")), "the taint's key"),
    Tag(4, Optional(Time("timeAdded"))),
    Tag(2, String("value"), "the taint's value"),
};

constexpr Field kNodeConfigSourceFields[] = {
    Tag(2, Optional(Struct("configMap", kConfigMapNodeConfigSource))),
};

constexpr Field kConfigMapNodeConfigSourceFields[] = {
    Tag(5, String("kubeletConfigKey")), Tag(2, String("name")), Tag(1, String("namespace")),
    Tag(4, String("resourceVersion")),  Tag(3, String("uid")),
};

constexpr Field kNodeStatusFields[] = {
    Tag(5, List(Struct("addresses", kNodeAddress), "type"), "how the node is reached"),
    Tag(2, Map(Quantity("allocatable")), "what pods may use"),
    Tag(1, Map(Quantity("capacity")), "what the node has"),
    Tag(4, List(Struct("conditions", kNodeCondition), "type"), "what holds of the node now"),
    Tag(11, Optional(Struct("config", kNodeConfigStatus))),
    Tag(6, Struct("daemonEndpoints", kNodeDaemonEndpoints)),
    Tag(13, Optional(Struct("features", kNodeFeatures))),
    Tag(8, List(Struct("images", kContainerImage)), "images kept on the node"),
    Tag(7, Struct("nodeInfo", kNodeSystemInfo), "versions and identity"),
    Tag(3, OneOf(String("phase"), kNodePhases)),
    Tag(12, List(Struct("runtimeHandlers", kNodeRuntimeHandler))),
    Tag(10, List(Struct("volumesAttached", kAttachedVolume))),
    Tag(9, List(String("volumesInUse"))),
};

constexpr Field kNodeAddressFields[] = {
    Tag(2, String("address")),
    Tag(1, String("type")),
};

constexpr Field kNodeConditionFields[] = {
    Tag(3, Time("lastHeartbeatTime")), Tag(4, Time("lastTransitionTime")), Tag(6, String("message")),
    Tag(5, String("reason")),          Tag(2, Listed(String("status"))),   Tag(1, Listed(String("type"))),
};

constexpr Field kNodeConfigStatusFields[] = {
    Tag(2, Optional(Struct("active", kNodeConfigSource))),
    Tag(1, Optional(Struct("assigned", kNodeConfigSource))),
    Tag(4, String("error")),
    Tag(3, Optional(Struct("lastKnownGood", kNodeConfigSource))),
};

constexpr Field kNodeDaemonEndpointsFields[] = {
    Tag(1, Struct("kubeletEndpoint", kDaemonEndpoint)),
};

constexpr Field kDaemonEndpointFields[] = {
    Tag(1, Int32("Port")),
};

constexpr Field kNodeFeaturesFields[] = {
    Tag(1, Optional(Bool("supplementalGroupsPolicy"))),
};

constexpr Field kContainerImageFields[] = {
    Tag(1, List(String("names"))),
    Tag(2, Int64("sizeBytes")),
};

constexpr Field kNodeSystemInfoFields[] = {
    Tag(10, String("architecture")), Tag(3, String("bootID")),           Tag(6, String("containerRuntimeVersion")),
    Tag(4, String("kernelVersion")), Tag(8, String("kubeProxyVersion")), Tag(7, String("kubeletVersion")),
    Tag(1, String("machineID")),     Tag(9, String("operatingSystem")),  Tag(5, String("osImage")),
    Tag(2, String("systemUUID")),
};

constexpr Field kNodeRuntimeHandlerFields[] = {
    Tag(2, Optional(Struct("features", kNodeRuntimeHandlerFeatures))),
    Tag(1, String("name")),
};

constexpr Field kNodeRuntimeHandlerFeaturesFields[] = {
    Tag(1, Optional(Bool("recursiveReadOnlyMounts"))),
    Tag(2, Optional(Bool("userNamespaces"))),
};

constexpr Field kAttachedVolumeFields[] = {
    Tag(2, String("devicePath")),
    Tag(1, String("name")),
};

}  // namespace

constinit const StructType kNode{"Node", kNodeFields, "a host that runs pods"};
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

}  // namespace ordinal::api::schema

// The status of a pod.
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kPodStatusFields[] = {
    List(Struct("conditions", kPodCondition), "type"),
    List(Struct("containerStatuses", kContainerStatus)),
    List(Struct("ephemeralContainerStatuses", kContainerStatus)),
    String("hostIP"),
    Atomic(List(Struct("hostIPs", kHostIP), "ip")),
    List(Struct("initContainerStatuses", kContainerStatus)),
    String("message"),
    String("nominatedNodeName"),
    String("phase"),
    String("podIP"),
    List(Struct("podIPs", kPodIP), "ip"),
    String("qosClass"),
    String("reason"),
    String("resize"),
    List(Struct("resourceClaimStatuses", kPodResourceClaimStatus), "name"),
    Time("startTime"),
};

constexpr Field kPodConditionFields[] = {
    Time("lastProbeTime"), Time("lastTransitionTime"), String("message"),
    String("reason"),      String("status"),           String("type"),
};

constexpr Field kHostIPFields[] = {
    String("ip"),
};

constexpr Field kPodIPFields[] = {
    String("ip"),
};

constexpr Field kPodResourceClaimStatusFields[] = {
    String("name"),
    String("resourceClaimName"),
};

constexpr Field kContainerStatusFields[] = {
    Map(Quantity("allocatedResources")),
    List(Struct("allocatedResourcesStatus", kResourceStatus), "name"),
    String("containerID"),
    String("image"),
    String("imageID"),
    Struct("lastState", kContainerState),
    String("name"),
    Bool("ready"),
    Struct("resources", kResourceRequirements),
    Int32("restartCount"),
    Bool("started"),
    Struct("state", kContainerState),
    Struct("user", kContainerUser),
    List(Struct("volumeMounts", kVolumeMountStatus), "mountPath"),
};

constexpr Field kContainerStateFields[] = {
    Struct("running", kContainerStateRunning),
    Struct("terminated", kContainerStateTerminated),
    Struct("waiting", kContainerStateWaiting),
};

constexpr Field kContainerStateRunningFields[] = {
    Time("startedAt"),
};

constexpr Field kContainerStateTerminatedFields[] = {
    String("containerID"), Int32("exitCode"), Time("finishedAt"), String("message"),
    String("reason"),      Int32("signal"),   Time("startedAt"),
};

constexpr Field kContainerStateWaitingFields[] = {
    String("message"),
    String("reason"),
};

constexpr Field kContainerUserFields[] = {
    Struct("linux", kLinuxContainerUser),
};

constexpr Field kLinuxContainerUserFields[] = {
    Int64("gid"),
    List(Int64("supplementalGroups")),
    Int64("uid"),
};

constexpr Field kVolumeMountStatusFields[] = {
    String("mountPath"),
    String("name"),
    Bool("readOnly"),
    String("recursiveReadOnly"),
};

constexpr Field kResourceStatusFields[] = {
    String("name"),
    Keyed(List(Struct("resources", kResourceHealth)), "resourceID"),
};

constexpr Field kResourceHealthFields[] = {
    String("health"),
    String("resourceID"),
};

}  // namespace

constinit const StructType kPodStatus{"PodStatus", kPodStatusFields};
constinit const StructType kPodCondition{"PodCondition", kPodConditionFields};
constinit const StructType kHostIP{"HostIP", kHostIPFields};
constinit const StructType kPodIP{"PodIP", kPodIPFields};
constinit const StructType kPodResourceClaimStatus{"PodResourceClaimStatus", kPodResourceClaimStatusFields};
constinit const StructType kContainerStatus{"ContainerStatus", kContainerStatusFields};
constinit const StructType kContainerState{"ContainerState", kContainerStateFields};
constinit const StructType kContainerStateRunning{"ContainerStateRunning", kContainerStateRunningFields};
constinit const StructType kContainerStateTerminated{"ContainerStateTerminated", kContainerStateTerminatedFields};
constinit const StructType kContainerStateWaiting{"ContainerStateWaiting", kContainerStateWaitingFields};
constinit const StructType kContainerUser{"ContainerUser", kContainerUserFields};
constinit const StructType kLinuxContainerUser{"LinuxContainerUser", kLinuxContainerUserFields};
constinit const StructType kVolumeMountStatus{"VolumeMountStatus", kVolumeMountStatusFields};
constinit const StructType kResourceStatus{"ResourceStatus", kResourceStatusFields};
constinit const StructType kResourceHealth{"ResourceHealth", kResourceHealthFields};

}  // namespace ordinal::api::schema

// What is said of a pod and its containers.
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/pod/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kPodStatusFields[] = {
    Tag(19, Map(Quantity("allocatedResources")), "what a pod that has resources as a whole was given of the node"),
    Tag(2, List(Struct("conditions", kPodCondition), "type"), "what holds of the pod now"),
    Tag(8, List(Struct("containerStatuses", kContainerStatus)), "one entry a container"),
    Tag(13, List(Struct("ephemeralContainerStatuses", kContainerStatus)), "one entry an ephemeral container"),
    Tag(5, String("hostIP"), "the address of the node"),
    Tag(16, Atomic(List(Struct("hostIPs", kHostIP), "ip"))),
    Tag(10, List(Struct("initContainerStatuses", kContainerStatus)), "one entry an init container"),
    Tag(3, String("message"), "what people should know about the pod's state"),
    Tag(11, String("nominatedNodeName")),
    Tag(17, Int64("observedGeneration"), "the metadata.generation that the node made this of"),
    Tag(1, OneOf(String("phase"), kPodPhases), "Pending, Running, Succeeded, Failed or Unknown"),
    Tag(6, String("podIP"), "the pod's address; empty until it has one"),
    Tag(12, List(Struct("podIPs", kPodIP), "ip"), "all addresses of the pod, at most one a family"),
    Tag(9, OneOf(String("qosClass"), kQosClasses), "Guaranteed, Burstable or BestEffort, from requests and limits"),
    Tag(4, String("reason"), "one word for the pod's state"),
    Tag(14, String("resize")),
    Tag(15, List(Struct("resourceClaimStatuses", kPodResourceClaimStatus), "name")),
    Tag(20, Optional(Struct("resources", kResourceRequirements)), "what a pod that has resources as a whole runs with"),
    Tag(7, Optional(Time("startTime")), "when the node took the pod on"),
};

constexpr Field kPodConditionFields[] = {
    Tag(3, Time("lastProbeTime")),
    Tag(4, Time("lastTransitionTime"), "when the status last changed"),
    Tag(6, String("message"), "what people should know about the last change"),
    Tag(7, Int64("observedGeneration"), "the metadata.generation that was judged"),
    Tag(5, String("reason"), "one word for the cause of the last change"),
    Tag(2, Listed(String("status")), "True, False or Unknown"),
    Tag(1, Listed(String("type")), "what is judged: PodScheduled, Initialized, ContainersReady, Ready"),
};

constexpr Field kHostIPFields[] = {
    Tag(1, String("ip")),
};

constexpr Field kPodIPFields[] = {
    Tag(1, String("ip")),
};

constexpr Field kPodResourceClaimStatusFields[] = {
    Tag(1, String("name")),
    Tag(2, Optional(String("resourceClaimName"))),
};

constexpr Field kContainerStatusFields[] = {
    Tag(10, Map(Quantity("allocatedResources"))),
    Tag(14, List(Struct("allocatedResourcesStatus", kResourceStatus), "name")),
    Tag(8, String("containerID"), "the runtime's name of it: <runtime>://<id>"),
    Tag(6, String("image"), "the image it runs"),
    Tag(7, String("imageID"), "the image's digest"),
    Tag(3, Struct("lastState", kContainerState), "how its last run ended"),
    Tag(1, String("name"), "the container's name"),
    Tag(4, Bool("ready"), "whether its readiness probe passes"),
    Tag(11, Optional(Struct("resources", kResourceRequirements))),
    Tag(5, Int32("restartCount"), "how often it was started again"),
    Tag(9, Optional(Bool("started")), "whether its startup probe has passed"),
    Tag(2, Struct("state", kContainerState), "what it does now"),
    Tag(13, Optional(Struct("user", kContainerUser))),
    Tag(12, List(Struct("volumeMounts", kVolumeMountStatus), "mountPath")),
};

constexpr Field kContainerStateFields[] = {
    Tag(2, Optional(Struct("running", kContainerStateRunning)), "set while it runs"),
    Tag(3, Optional(Struct("terminated", kContainerStateTerminated)), "set when it has ended"),
    Tag(1, Optional(Struct("waiting", kContainerStateWaiting)), "set before it starts, and between two runs"),
};

constexpr Field kContainerStateRunningFields[] = {
    Tag(1, Time("startedAt")),
};

constexpr Field kContainerStateTerminatedFields[] = {
    Tag(7, String("containerID")),
    Tag(1, Int32("exitCode"), "the exit code of the process"),
    Tag(6, Time("finishedAt"), "when it ended"),
    Tag(4, String("message"), "the container's last words"),
    Tag(3, String("reason"), "Completed, Error, OOMKilled, …"),
    Tag(2, Int32("signal"), "the signal that ended it"),
    Tag(5, Time("startedAt"), "when it started"),
};

constexpr Field kContainerStateWaitingFields[] = {
    Tag(2, String("message"), "why it waits, for people"),
    Tag(1, String("reason"), "why it waits, in one word: ContainerCreating, CrashLoopBackOff, ErrImagePull, …"),
};

constexpr Field kContainerUserFields[] = {
    Tag(1, Optional(Struct("linux", kLinuxContainerUser))),
};

constexpr Field kLinuxContainerUserFields[] = {
    Tag(2, Int64("gid")),
    Tag(3, List(Int64("supplementalGroups"))),
    Tag(1, Int64("uid")),
};

constexpr Field kVolumeMountStatusFields[] = {
    Tag(2, String("mountPath")),
    Tag(1, String("name")),
    Tag(3, Bool("readOnly")),
    Tag(4, Optional(String("recursiveReadOnly"))),
};

constexpr Field kResourceStatusFields[] = {
    Tag(1, String("name")),
    Tag(2, Keyed(List(Struct("resources", kResourceHealth)), "resourceID")),
};

constexpr Field kResourceHealthFields[] = {
    Tag(2, String("health")),
    Tag(1, String("resourceID")),
};

}  // namespace

constinit const StructType kPodStatus{"PodStatus", kPodStatusFields, "what was last seen of a pod"};
constinit const StructType kPodCondition{"PodCondition", kPodConditionFields};
constinit const StructType kHostIP{"HostIP", kHostIPFields};
constinit const StructType kPodIP{"PodIP", kPodIPFields};
constinit const StructType kPodResourceClaimStatus{"PodResourceClaimStatus", kPodResourceClaimStatusFields};
constinit const StructType kContainerStatus{"ContainerStatus", kContainerStatusFields,
                                            "what was last seen of one container"};
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

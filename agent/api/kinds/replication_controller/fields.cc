#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/replication_controller/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kReplicationControllerFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kReplicationControllerSpec), "{}"), "what is wanted"),
    Tag(3, Default(Struct("status", kReplicationControllerStatus), R"({"replicas":0})"), "what was last seen"),
};

constexpr Field kReplicationControllerSpecFields[] = {
    Tag(4, Int32("minReadySeconds"), "seconds a new pod must be ready to count as available"),
    Tag(1, Optional(Default(Int32("replicas"), "1")), "how many pods are wanted; 1 when absent"),
    Tag(2, Atomic(Map(String("selector"))), "labels of the pods that belong to it; the template's labels when absent"),
    Tag(3, Optional(Required(Struct("template", kPodTemplateSpec))), "the pods to make"),
};

constexpr Field kReplicationControllerStatusFields[] = {
    Tag(5, Int32("availableReplicas"), "pods that have been ready for minReadySeconds"),
    Tag(6, List(Struct("conditions", kReplicationControllerCondition), "type")),
    Tag(2, Int32("fullyLabeledReplicas"), "pods that have every label of the template"),
    Tag(3, Int64("observedGeneration"), "the generation of the spec this status follows"),
    Tag(4, Int32("readyReplicas"), "pods that are ready"),
    Tag(1, Listed(Int32("replicas")), "pods that exist"),
};

constexpr Field kReplicationControllerConditionFields[] = {
    Tag(3, Time("lastTransitionTime")), Tag(5, String("message")),      Tag(4, String("reason")),
    Tag(2, Listed(String("status"))),   Tag(1, Listed(String("type"))),
};

}  // namespace

constinit const StructType kReplicationController{
    "ReplicationController", kReplicationControllerFields,
    "keeps a number of equal pods running, as ReplicaSets do; Deployments come of these alone"};
constinit const StructType kReplicationControllerSpec{"ReplicationControllerSpec", kReplicationControllerSpecFields};
constinit const StructType kReplicationControllerStatus{"ReplicationControllerStatus",
                                                        kReplicationControllerStatusFields};
constinit const StructType kReplicationControllerCondition{"ReplicationControllerCondition",
                                                           kReplicationControllerConditionFields};

}  // namespace ordinal::api::schema

#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/replica_set/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kReplicaSetFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kReplicaSetSpec), "{}"), "what is wanted"),
    Tag(3, Default(Struct("status", kReplicaSetStatus), R"({"replicas":0})"), "what was last seen"),
};

constexpr Field kReplicaSetSpecFields[] = {
    Tag(4, Int32("minReadySeconds"), "seconds a new pod must be ready to count as available"),
    Tag(1, Optional(Default(Int32("replicas"), "1")), "how many pods are wanted; 1 when absent"),
    Tag(2, Optional(Immutable(Required(Struct("selector", kLabelSelector)))),
        "which pods belong to it; must match the template's labels and cannot be changed"),
    Tag(3, Default(Struct("template", kPodTemplateSpec), "{}"), "the pods to make"),
};

constexpr Field kReplicaSetStatusFields[] = {
    Tag(5, Int32("availableReplicas"), "pods that have been ready for minReadySeconds"),
    Tag(6, List(Struct("conditions", kReplicaSetCondition), "type")),
    Tag(2, Int32("fullyLabeledReplicas"), "pods that have every label of the template"),
    Tag(3, Int64("observedGeneration"), "the generation of the spec this status follows"),
    Tag(4, Int32("readyReplicas"), "pods that are ready"),
    Tag(1, Int32("replicas"), "pods that exist"),
    Tag(7, Optional(Int32("terminatingReplicas")), "pods that are going and have not ended; absent: none"),
};

constexpr Field kReplicaSetConditionFields[] = {
    Tag(3, Time("lastTransitionTime")), Tag(5, String("message")), Tag(4, String("reason")),
    Tag(2, String("status")),           Tag(1, String("type")),
};

}  // namespace

constinit const StructType kReplicaSet{"ReplicaSet", kReplicaSetFields, "keeps a number of equal pods running"};
constinit const StructType kReplicaSetSpec{"ReplicaSetSpec", kReplicaSetSpecFields};
constinit const StructType kReplicaSetStatus{"ReplicaSetStatus", kReplicaSetStatusFields};
constinit const StructType kReplicaSetCondition{"ReplicaSetCondition", kReplicaSetConditionFields};

}  // namespace ordinal::api::schema

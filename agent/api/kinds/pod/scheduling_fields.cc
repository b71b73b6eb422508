// Where a pod may be placed.
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/pod/values.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kAffinityFields[] = {
    Tag(1, Optional(Struct("nodeAffinity", kNodeAffinity)), "which nodes the pod may or should run on"),
    Tag(2, Optional(Struct("podAffinity", kPodAffinity)), "which other pods the pod should be near"),
    Tag(3, Optional(Struct("podAntiAffinity", kPodAntiAffinity)), "which other pods the pod should be away from"),
};

constexpr Field kNodeAffinityFields[] = {
    Tag(2, List(Struct("preferredDuringSchedulingIgnoredDuringExecution", kPreferredSchedulingTerm)),
        "nodes it would rather run on; of one node there is nothing to prefer"),
    Tag(1, Optional(Struct("requiredDuringSchedulingIgnoredDuringExecution", kNodeSelector)), "nodes it may run on"),
};

constexpr Field kPodAffinityFields[] = {
    Tag(2, List(Struct("preferredDuringSchedulingIgnoredDuringExecution", kWeightedPodAffinityTerm)),
        "pods it would rather be near; of one node there is nothing to prefer"),
    Tag(1, List(Struct("requiredDuringSchedulingIgnoredDuringExecution", kPodAffinityTerm)), "pods it must be near"),
};

constexpr Field kPodAntiAffinityFields[] = {
    Tag(2, List(Struct("preferredDuringSchedulingIgnoredDuringExecution", kWeightedPodAffinityTerm)),
        "pods it would rather be away from; of one node there is nothing to prefer"),
    Tag(1, List(Struct("requiredDuringSchedulingIgnoredDuringExecution", kPodAffinityTerm)),
        "pods it must be away from"),
};

constexpr Field kPreferredSchedulingTermFields[] = {
    Tag(2, Struct("preference", kNodeSelectorTerm), "the nodes that are meant"),
    Tag(1, Int32("weight"), "how much it counts, 1 to 100"),
};

constexpr Field kWeightedPodAffinityTermFields[] = {
    Tag(2, Struct("podAffinityTerm", kPodAffinityTerm), "the pods that are meant"),
    Tag(1, Int32("weight"), "how much it counts, 1 to 100"),
};

constexpr Field kPodAffinityTermFields[] = {
    Tag(1, Optional(Struct("labelSelector", kLabelSelector)), "which pods are meant"),
    Tag(5, List(String("matchLabelKeys")), "labels whose values these pods share with this one"),
    Tag(6, List(String("mismatchLabelKeys")), "labels whose values these pods do not share with this one"),
    Tag(4, Optional(Struct("namespaceSelector", kLabelSelector)), "the namespaces of these pods, by their labels"),
    Tag(2, List(String("namespaces")), "the namespaces of these pods, by name; the pod's own when neither is given"),
    Tag(3, Required(String("topologyKey")), "the node label whose values are the places"),
};

constexpr Field kNodeSelectorFields[] = {
    Tag(1, Required(List(Struct("nodeSelectorTerms", kNodeSelectorTerm))), "a node fits when it fits one of them"),
};

constexpr Field kNodeSelectorTermFields[] = {
    Tag(1, List(Struct("matchExpressions", kNodeSelectorRequirement)),
        "conditions on the node's labels, all of which must hold"),
    Tag(2, List(Struct("matchFields", kNodeSelectorRequirement)),
        "conditions on the node's fields, all of which must hold"),
};

constexpr Field kNodeSelectorRequirementFields[] = {
    Tag(1, Required(String("key")), "the label or the field"),
    Tag(2, Required(OneOf(String("operator"), kNodeOperators)), "In, NotIn, Exists, DoesNotExist, Gt or Lt"),
    Tag(3, List(String("values")), "what it is compared with"),
};

constexpr Field kTolerationFields[] = {
    Tag(4, OneOf(String("effect"), kTaintEffects), "NoSchedule, PreferNoSchedule or NoExecute; empty: all of them"),
    Tag(1, String("key"), "the taint's key; empty with operator Exists: every taint"),
    Tag(2, OneOf(String("operator"), kTolerationOperators), "Exists or Equal (the default)"),
    Tag(5, Optional(Int64("tolerationSeconds")), "how long a NoExecute taint is put up with; for ever when absent"),
    Tag(3, String("value"), "the taint's value, for Equal"),
};

constexpr Field kTopologySpreadConstraintFields[] = {
    Tag(4, Optional(Struct("labelSelector", kLabelSelector)), "which pods are counted"),
    Tag(8, List(String("matchLabelKeys")), "labels whose values the counted pods share with this one"),
    Tag(1, Required(Int32("maxSkew")), "how many more pods one place may have than another"),
    Tag(5, Optional(Int32("minDomains")), "how many places there must be, at least"),
    Tag(6, Optional(Ineffective(OneOf(String("nodeAffinityPolicy"), kInclusionPolicies), "there is one node to count",
                                R"("Honor")"))),
    Tag(7, Optional(Ineffective(OneOf(String("nodeTaintsPolicy"), kInclusionPolicies), "there is one node to count",
                                R"("Ignore")"))),
    Tag(2, Required(String("topologyKey")), "the node label whose values are the places"),
    Tag(3, Required(OneOf(String("whenUnsatisfiable"), kUnsatisfiableActions)), "DoNotSchedule or ScheduleAnyway"),
};

constexpr Field kPodSchedulingGateFields[] = {
    Tag(1, Required(String("name"))),
};

}  // namespace

constinit const StructType kAffinity{"Affinity", kAffinityFields,
                                     "rules that draw pods to nodes, or to and from other pods"};
constinit const StructType kNodeAffinity{"NodeAffinity", kNodeAffinityFields};
constinit const StructType kPodAffinity{"PodAffinity", kPodAffinityFields};
constinit const StructType kPodAntiAffinity{"PodAntiAffinity", kPodAntiAffinityFields};
constinit const StructType kPreferredSchedulingTerm{"PreferredSchedulingTerm", kPreferredSchedulingTermFields};
constinit const StructType kWeightedPodAffinityTerm{"WeightedPodAffinityTerm", kWeightedPodAffinityTermFields};
constinit const StructType kPodAffinityTerm{"PodAffinityTerm", kPodAffinityTermFields};
constinit const StructType kNodeSelector{"NodeSelector", kNodeSelectorFields, {}, kAtomic};
constinit const StructType kNodeSelectorTerm{"NodeSelectorTerm", kNodeSelectorTermFields, {}, kAtomic};
constinit const StructType kNodeSelectorRequirement{"NodeSelectorRequirement", kNodeSelectorRequirementFields};
constinit const StructType kToleration{"Toleration", kTolerationFields};
constinit const StructType kTopologySpreadConstraint{"TopologySpreadConstraint", kTopologySpreadConstraintFields};
constinit const StructType kPodSchedulingGate{"PodSchedulingGate", kPodSchedulingGateFields};

}  // namespace ordinal::api::schema

// Where a pod may be placed.
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kAffinityFields[] = {
    Tag(1, Optional(Struct("nodeAffinity", kNodeAffinity)), "which nodes the pod may or should run on"),
    Tag(2, Optional(Struct("podAffinity", kPodAffinity)), "which other pods the pod should be near"),
    Tag(3, Optional(Struct("podAntiAffinity", kPodAntiAffinity)), "which other pods the pod should be away from"),
};

constexpr Field kNodeAffinityFields[] = {
    Tag(2, List(Struct("preferredDuringSchedulingIgnoredDuringExecution", kPreferredSchedulingTerm))),
    Tag(1, Optional(Struct("requiredDuringSchedulingIgnoredDuringExecution", kNodeSelector))),
};

constexpr Field kPodAffinityFields[] = {
    Tag(2, List(Struct("preferredDuringSchedulingIgnoredDuringExecution", kWeightedPodAffinityTerm))),
    Tag(1, List(Struct("requiredDuringSchedulingIgnoredDuringExecution", kPodAffinityTerm))),
};

constexpr Field kPodAntiAffinityFields[] = {
    Tag(2, List(Struct("preferredDuringSchedulingIgnoredDuringExecution", kWeightedPodAffinityTerm))),
    Tag(1, List(Struct("requiredDuringSchedulingIgnoredDuringExecution", kPodAffinityTerm))),
};

constexpr Field kPreferredSchedulingTermFields[] = {
    Tag(2, Struct("preference", kNodeSelectorTerm)),
    Tag(1, Int32("weight")),
};

constexpr Field kWeightedPodAffinityTermFields[] = {
    Tag(2, Struct("podAffinityTerm", kPodAffinityTerm)),
    Tag(1, Int32("weight")),
};

constexpr Field kPodAffinityTermFields[] = {
    Tag(1, Optional(Struct("labelSelector", kLabelSelector))),
    Tag(5, List(String("matchLabelKeys"))),
    Tag(6, List(String("mismatchLabelKeys"))),
    Tag(4, Optional(Struct("namespaceSelector", kLabelSelector))),
    Tag(2, List(String("namespaces"))),
    Tag(3, Required(String("topologyKey"))),
};

constexpr Field kNodeSelectorFields[] = {
    Tag(1, Required(List(Struct("nodeSelectorTerms", kNodeSelectorTerm)))),
};

constexpr Field kNodeSelectorTermFields[] = {
    Tag(1, List(Struct("matchExpressions", kNodeSelectorRequirement))),
    Tag(2, List(Struct("matchFields", kNodeSelectorRequirement))),
};

constexpr Field kNodeSelectorRequirementFields[] = {
    Tag(1, Required(String("key"))),
    Tag(2, Required(String("operator"))),
    Tag(3, List(String("values"))),
};

constexpr Field kTolerationFields[] = {
    Tag(4, String("effect"), "NoSchedule, PreferNoSchedule or NoExecute; empty: all of them"),
    Tag(1, String("key"), "the taint's key; empty with operator Exists: every taint"),
    Tag(2, String("operator"), "Exists or Equal (the default)"),
    Tag(5, Optional(Int64("tolerationSeconds")), "how long a NoExecute taint is put up with; for ever when absent"),
    Tag(3, String("value"), "the taint's value, for Equal"),
};

constexpr Field kTopologySpreadConstraintFields[] = {
    Tag(4, Optional(Struct("labelSelector", kLabelSelector)), "which pods are counted"),
    Tag(8, List(String("matchLabelKeys"))),
    Tag(1, Required(Int32("maxSkew")), "how many more pods one place may have than another"),
    Tag(5, Optional(Int32("minDomains"))),
    Tag(6, Optional(String("nodeAffinityPolicy"))),
    Tag(7, Optional(String("nodeTaintsPolicy"))),
    Tag(2, Required(String("topologyKey")), "the node label whose values are the places"),
    Tag(3, Required(String("whenUnsatisfiable")), "DoNotSchedule or ScheduleAnyway"),
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

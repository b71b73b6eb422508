// Where a pod may run: affinity, tolerations, spread.
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kAffinityFields[] = {
    Struct("nodeAffinity", kNodeAffinity),
    Struct("podAffinity", kPodAffinity),
    Struct("podAntiAffinity", kPodAntiAffinity),
};

constexpr Field kNodeAffinityFields[] = {
    List(Struct("preferredDuringSchedulingIgnoredDuringExecution", kPreferredSchedulingTerm)),
    Struct("requiredDuringSchedulingIgnoredDuringExecution", kNodeSelector),
};

constexpr Field kPodAffinityFields[] = {
    List(Struct("preferredDuringSchedulingIgnoredDuringExecution", kWeightedPodAffinityTerm)),
    List(Struct("requiredDuringSchedulingIgnoredDuringExecution", kPodAffinityTerm)),
};

constexpr Field kPodAntiAffinityFields[] = {
    List(Struct("preferredDuringSchedulingIgnoredDuringExecution", kWeightedPodAffinityTerm)),
    List(Struct("requiredDuringSchedulingIgnoredDuringExecution", kPodAffinityTerm)),
};

constexpr Field kPreferredSchedulingTermFields[] = {
    Struct("preference", kNodeSelectorTerm),
    Int32("weight"),
};

constexpr Field kWeightedPodAffinityTermFields[] = {
    Struct("podAffinityTerm", kPodAffinityTerm),
    Int32("weight"),
};

constexpr Field kPodAffinityTermFields[] = {
    Struct("labelSelector", kLabelSelector),     List(String("matchLabelKeys")), List(String("mismatchLabelKeys")),
    Struct("namespaceSelector", kLabelSelector), List(String("namespaces")),     Required(String("topologyKey")),
};

constexpr Field kNodeSelectorFields[] = {
    Required(List(Struct("nodeSelectorTerms", kNodeSelectorTerm))),
};

constexpr Field kNodeSelectorTermFields[] = {
    List(Struct("matchExpressions", kNodeSelectorRequirement)),
    List(Struct("matchFields", kNodeSelectorRequirement)),
};

constexpr Field kNodeSelectorRequirementFields[] = {
    Required(String("key")),
    Required(String("operator")),
    List(String("values")),
};

constexpr Field kTolerationFields[] = {
    String("effect"), String("key"), String("operator"), Int64("tolerationSeconds"), String("value"),
};

constexpr Field kTopologySpreadConstraintFields[] = {
    Struct("labelSelector", kLabelSelector),
    List(String("matchLabelKeys")),
    Required(Int32("maxSkew")),
    Int32("minDomains"),
    String("nodeAffinityPolicy"),
    String("nodeTaintsPolicy"),
    Required(String("topologyKey")),
    Required(String("whenUnsatisfiable")),
};

constexpr Field kPodSchedulingGateFields[] = {
    Required(String("name")),
};

}  // namespace

constinit const StructType kAffinity{"Affinity", kAffinityFields};
constinit const StructType kNodeAffinity{"NodeAffinity", kNodeAffinityFields};
constinit const StructType kPodAffinity{"PodAffinity", kPodAffinityFields};
constinit const StructType kPodAntiAffinity{"PodAntiAffinity", kPodAntiAffinityFields};
constinit const StructType kPreferredSchedulingTerm{"PreferredSchedulingTerm", kPreferredSchedulingTermFields};
constinit const StructType kWeightedPodAffinityTerm{"WeightedPodAffinityTerm", kWeightedPodAffinityTermFields};
constinit const StructType kPodAffinityTerm{"PodAffinityTerm", kPodAffinityTermFields};
constinit const StructType kNodeSelector{"NodeSelector", kNodeSelectorFields, kAtomic};
constinit const StructType kNodeSelectorTerm{"NodeSelectorTerm", kNodeSelectorTermFields, kAtomic};
constinit const StructType kNodeSelectorRequirement{"NodeSelectorRequirement", kNodeSelectorRequirementFields};
constinit const StructType kToleration{"Toleration", kTolerationFields};
constinit const StructType kTopologySpreadConstraint{"TopologySpreadConstraint", kTopologySpreadConstraintFields};
constinit const StructType kPodSchedulingGate{"PodSchedulingGate", kPodSchedulingGateFields};

}  // namespace ordinal::api::schema

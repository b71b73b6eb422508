#include "agent/api/kinds/pod_disruption_budget/fields.h"

#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kPodDisruptionBudgetFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kPodDisruptionBudgetSpec), "{}"), "what is wanted"),
    Tag(3,
        Default(Struct("status", kPodDisruptionBudgetStatus),
                R"({"currentHealthy":0,"desiredHealthy":0,"disruptionsAllowed":0,"expectedPods":0})"),
        "what was last seen"),
};

constexpr Field kPodDisruptionBudgetSpecFields[] = {
    Tag(3, Optional(IntOrString("maxUnavailable")),
        "how many of the pods may be away after an eviction, as a number or percentage; not together with "
        "minAvailable"),
    Tag(1, Optional(IntOrString("minAvailable")),
        "how many of the pods must be healthy after an eviction, as a number or percentage"),
    Tag(2, Optional(Struct("selector", kLabelSelector)),
        "the pods it is about: all of the namespace when empty, none when absent"),
    Tag(4, Optional(OneOf(String("unhealthyPodEvictionPolicy"), kUnhealthyEvictionPolicies)),
        "when a pod that is not healthy may be evicted: IfHealthyBudget (when absent): while enough others are "
        "healthy; "
        "AlwaysAllow"),
};

constexpr Field kPodDisruptionBudgetStatusFields[] = {
    Tag(7, Keyed(List(Struct("conditions", kCondition), "type"), "type"), "DisruptionAllowed, with the reason"),
    Tag(4, Listed(Int32("currentHealthy")), "pods that are healthy"),
    Tag(5, Listed(Int32("desiredHealthy")), "pods that must be healthy"),
    Tag(2, Map(Time("disruptedPods")), "pods whose eviction was allowed and that are not seen to go yet, since when"),
    Tag(3, Listed(Int32("disruptionsAllowed")), "how many pods may be evicted now"),
    Tag(6, Listed(Int32("expectedPods")), "pods that are counted"),
    Tag(1, Int64("observedGeneration"), "the generation of the spec this status follows"),
};

}  // namespace

constinit const StructType kPodDisruptionBudget{
    "PodDisruptionBudget", kPodDisruptionBudgetFields,
    "how many pods of a collection may be evicted at a time: what drains a node waits for the others"};
constinit const StructType kPodDisruptionBudgetSpec{"PodDisruptionBudgetSpec", kPodDisruptionBudgetSpecFields};
constinit const StructType kPodDisruptionBudgetStatus{"PodDisruptionBudgetStatus", kPodDisruptionBudgetStatusFields};

}  // namespace ordinal::api::schema

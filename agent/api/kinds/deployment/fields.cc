#include "agent/api/kinds/deployment/fields.h"
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/shared/choices.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kDeploymentFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kDeploymentSpec), "{}"), "what is wanted"),
    Tag(3, Default(Struct("status", kDeploymentStatus), "{}"), "what was last seen"),
};

constexpr Field kDeploymentSpecFields[] = {
    Tag(5, Int32("minReadySeconds"), "seconds a new pod must be ready to count as available"),
    Tag(7, Bool("paused"), "make no replica sets for changes of the template"),
    Tag(9, Optional(Default(Int32("progressDeadlineSeconds"), "600")),
        "seconds without progress after which the update counts as failed; 600 when absent"),
    Tag(1, Optional(Default(Int32("replicas"), "1")), "how many pods are wanted; 1 when absent"),
    Tag(6, Optional(Default(Int32("revisionHistoryLimit"), "10")),
        "how many old replica sets are kept; 10 when absent"),
    Tag(2, Optional(Immutable(Required(Struct("selector", kLabelSelector)))),
        "which pods belong to it; must match the template's labels and cannot be changed"),
    Tag(4, Default(RetainKeys(Struct("strategy", kDeploymentStrategy)), "{}"), "how old pods are replaced by new ones"),
    Tag(3, Listed(Default(Struct("template", kPodTemplateSpec), "{}")), "the pods to make"),
};

constexpr Field kDeploymentStrategyFields[] = {
    Tag(2, Optional(Struct("rollingUpdate", kRollingUpdateDeployment)), "settings of type RollingUpdate"),
    Tag(1, Default(OneOf(String("type"), kStrategyTypes), R"("RollingUpdate")"),
        "RollingUpdate (the default) or Recreate"),
};

constexpr Field kRollingUpdateDeploymentFields[] = {
    Tag(2, Optional(Default(IntOrString("maxSurge"), R"("25%")")),
        "how many pods more than wanted there may be, as a number or percentage; 25% when absent"),
    Tag(1, Optional(Default(IntOrString("maxUnavailable"), R"("25%")")),
        "how many pods fewer than wanted may be available, as a number or percentage; 25% when absent"),
};

constexpr Field kDeploymentStatusFields[] = {
    Tag(4, Int32("availableReplicas")),
    Tag(8, Optional(Int32("collisionCount"))),
    Tag(6, List(Struct("conditions", kDeploymentCondition), "type")),
    Tag(1, Int64("observedGeneration")),
    Tag(7, Int32("readyReplicas")),
    Tag(2, Int32("replicas")),
    Tag(9, Optional(Int32("terminatingReplicas"))),
    Tag(5, Int32("unavailableReplicas")),
    Tag(3, Int32("updatedReplicas")),
};

constexpr Field kDeploymentConditionFields[] = {
    Tag(7, Time("lastTransitionTime")), Tag(6, Time("lastUpdateTime")), Tag(5, String("message")),
    Tag(4, String("reason")),           Tag(2, String("status")),       Tag(1, String("type")),
};

}  // namespace

constinit const StructType kDeployment{"Deployment", kDeploymentFields,
                                       "replicas without identity, replaced step by step when the template changes"};
constinit const StructType kDeploymentSpec{"DeploymentSpec", kDeploymentSpecFields};
constinit const StructType kDeploymentStrategy{
    "DeploymentStrategy", kDeploymentStrategyFields, {}, false, &kStrategyChoices};
constinit const StructType kRollingUpdateDeployment{"RollingUpdateDeployment", kRollingUpdateDeploymentFields};
constinit const StructType kDeploymentStatus{"DeploymentStatus", kDeploymentStatusFields};
constinit const StructType kDeploymentCondition{"DeploymentCondition", kDeploymentConditionFields};

}  // namespace ordinal::api::schema

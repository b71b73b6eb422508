#include "agent/api/kinds/daemon_set/fields.h"
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/shared/choices.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kDaemonSetFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kDaemonSetSpec), "{}"), "what is wanted"),
    Tag(3,
        Default(Struct("status", kDaemonSetStatus),
                R"({"currentNumberScheduled":0,"desiredNumberScheduled":0,"numberMisscheduled":0,"numberReady":0})"),
        "what was last seen"),
};

constexpr Field kDaemonSetSpecFields[] = {
    Tag(4, Int32("minReadySeconds"), "seconds a new pod must be ready to count as available"),
    Tag(6, Optional(Default(Int32("revisionHistoryLimit"), "10")),
        "how many old templates are kept for rollbacks; 10 when absent"),
    Tag(1, Optional(Immutable(Required(Struct("selector", kLabelSelector)))),
        "which pods belong to it; must match the template's labels and cannot be changed"),
    Tag(2, Listed(Default(Struct("template", kPodTemplateSpec), "{}")),
        "the pods to make; their node selector, affinity and tolerations say on which nodes"),
    Tag(3, Default(Struct("updateStrategy", kDaemonSetUpdateStrategy), "{}"), "how old pods are replaced by new ones"),
};

constexpr Field kDaemonSetUpdateStrategyFields[] = {
    Tag(2, Optional(Struct("rollingUpdate", kRollingUpdateDaemonSet)), "settings of type RollingUpdate"),
    Tag(1, Default(OneOf(String("type"), kDaemonStrategyTypes), R"("RollingUpdate")"),
        "RollingUpdate (the default) or OnDelete: a pod gets the new template when it is deleted"),
};

constexpr Field kRollingUpdateDaemonSetFields[] = {
    Tag(2, Optional(Default(IntOrString("maxSurge"), "0")),
        "how many nodes may have a new pod beside the old one, as a number or percentage; 0 when absent"),
    Tag(1, Optional(Default(IntOrString("maxUnavailable"), "1")),
        "how many nodes may be without an available pod during an update, as a number or percentage; 1 when absent"),
};

constexpr Field kDaemonSetStatusFields[] = {
    Tag(9, Optional(Int32("collisionCount")), "how often the name of a revision was taken by another template"),
    Tag(10, List(Struct("conditions", kDaemonSetCondition), "type")),
    Tag(1, Listed(Int32("currentNumberScheduled")), "nodes that have a pod and should"),
    Tag(3, Listed(Int32("desiredNumberScheduled")), "nodes that should have a pod"),
    Tag(7, Int32("numberAvailable"), "nodes whose pod has been ready for minReadySeconds"),
    Tag(2, Listed(Int32("numberMisscheduled")), "nodes that have a pod and should not"),
    Tag(4, Listed(Int32("numberReady")), "nodes that should have a pod and have a ready one"),
    Tag(8, Int32("numberUnavailable"), "nodes that should have an available pod and have none"),
    Tag(5, Int64("observedGeneration"), "the generation of the spec this status follows"),
    Tag(6, Int32("updatedNumberScheduled"), "nodes whose pod is of the newest template"),
};

constexpr Field kDaemonSetConditionFields[] = {
    Tag(3, Time("lastTransitionTime")), Tag(5, String("message")),      Tag(4, String("reason")),
    Tag(2, Listed(String("status"))),   Tag(1, Listed(String("type"))),
};

}  // namespace

constinit const StructType kDaemonSet{"DaemonSet", kDaemonSetFields,
                                      "keeps a pod running on every node that its template allows"};
constinit const StructType kDaemonSetSpec{"DaemonSetSpec", kDaemonSetSpecFields};
constinit const StructType kDaemonSetUpdateStrategy{
    "DaemonSetUpdateStrategy", kDaemonSetUpdateStrategyFields, {}, false, &kStrategyChoices};
constinit const StructType kRollingUpdateDaemonSet{"RollingUpdateDaemonSet", kRollingUpdateDaemonSetFields};
constinit const StructType kDaemonSetStatus{"DaemonSetStatus", kDaemonSetStatusFields};
constinit const StructType kDaemonSetCondition{"DaemonSetCondition", kDaemonSetConditionFields};

}  // namespace ordinal::api::schema

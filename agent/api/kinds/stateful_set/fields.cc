#include "agent/api/kinds/persistent_volume_claim/fields.h"
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/shared/choices.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/stateful_set/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kStatefulSetFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kStatefulSetSpec), "{}"), "what is wanted"),
    Tag(3, Default(Struct("status", kStatefulSetStatus), R"({"availableReplicas":0,"replicas":0})"),
        "what was last seen"),
};

constexpr Field kStatefulSetSpecFields[] = {
    Tag(9, Int32("minReadySeconds"), "seconds a new pod must be ready to count as available"),
    Tag(11, Optional(Struct("ordinals", kStatefulSetOrdinals)), "how pods are numbered"),
    Tag(10,
        Optional(Default(
            Struct("persistentVolumeClaimRetentionPolicy", kStatefulSetPersistentVolumeClaimRetentionPolicy), "{}")),
        "what becomes of claims nobody uses any more"),
    Tag(6, Default(OneOf(String("podManagementPolicy"), kManagementPolicies), R"("OrderedReady")"),
        "OrderedReady (the default): one pod after another; Parallel: all at once"),
    Tag(1, Optional(Default(Int32("replicas"), "1")), "how many pods are wanted; 1 when absent"),
    Tag(8, Optional(Default(Int32("revisionHistoryLimit"), "10")), "how many old revisions are kept; 10 when absent"),
    Tag(2, Optional(Required(Struct("selector", kLabelSelector))),
        "which pods belong to it; must match the template's labels and cannot be changed"),
    Tag(5, String("serviceName"),
        "the headless service that gives the pods their names: <set>-<ordinal>.<service>.<namespace>.svc.<zone>"),
    Tag(3, Listed(Default(Struct("template", kPodTemplateSpec), "{}")), "the pods to make"),
    Tag(7, Default(Struct("updateStrategy", kStatefulSetUpdateStrategy), "{}"),
        "how pods are replaced when the template changes"),
    Tag(4, List(Struct("volumeClaimTemplates", kPersistentVolumeClaim)),
        "claims made for every pod, named <template>-<pod>; the pod finds its own again whenever it is made anew"),
};

constexpr Field kStatefulSetStatusFields[] = {
    Tag(11, Int32("availableReplicas"), "pods that have been ready for minReadySeconds"),
    Tag(9, Optional(Int32("collisionCount")), "how often the name of a revision was taken"),
    Tag(10, List(Struct("conditions", kStatefulSetCondition), "type")),
    Tag(4, Int32("currentReplicas"), "pods of the current revision"),
    Tag(6, String("currentRevision"), "the revision pods are updated from"),
    Tag(1, Int64("observedGeneration"), "the generation of the spec this status follows"),
    Tag(3, Int32("readyReplicas"), "pods that are ready"),
    Tag(2, Int32("replicas"), "pods that exist"),
    Tag(7, String("updateRevision"), "the revision pods are updated to"),
    Tag(5, Int32("updatedReplicas"), "pods of the update revision"),
};

constexpr Field kStatefulSetConditionFields[] = {
    Tag(3, Time("lastTransitionTime")), Tag(5, String("message")), Tag(4, String("reason")),
    Tag(2, String("status")),           Tag(1, String("type")),
};

constexpr Field kStatefulSetOrdinalsFields[] = {
    Tag(1, Int32("start"), "the first ordinal; 0 when absent"),
};

constexpr Field kStatefulSetPersistentVolumeClaimRetentionPolicyFields[] = {
    Tag(1, Default(String("whenDeleted"), R"("Retain")"),
        "what becomes of the claims when the set is deleted: Retain (the default) or Delete"),
    Tag(2, Default(String("whenScaled"), R"("Retain")"),
        "what becomes of the claims of pods above the wanted number: Retain (the default) or Delete"),
};

constexpr Field kStatefulSetUpdateStrategyFields[] = {
    Tag(2, Optional(Struct("rollingUpdate", kRollingUpdateStatefulSetStrategy)), "settings of type RollingUpdate"),
    Tag(1, Default(OneOf(String("type"), kSetStrategyTypes), R"("RollingUpdate")"),
        "RollingUpdate (the default): highest ordinal first; OnDelete: when a pod is deleted by hand"),
};

constexpr Field kRollingUpdateStatefulSetStrategyFields[] = {
    Tag(2, Optional(IntOrString("maxUnavailable")), "how many pods may be unavailable during an update"),
    Tag(1, Optional(Default(Int32("partition"), "0")), "pods with a lower ordinal keep their revision; 0 when absent"),
};

}  // namespace

constinit const StructType kStatefulSet{
    "StatefulSet", kStatefulSetFields,
    "pods with an identity each: an ordinal, a name that stays, and storage of their own"};
constinit const StructType kStatefulSetSpec{"StatefulSetSpec", kStatefulSetSpecFields, "what a stateful set wants"};
constinit const StructType kStatefulSetStatus{"StatefulSetStatus", kStatefulSetStatusFields};
constinit const StructType kStatefulSetCondition{"StatefulSetCondition", kStatefulSetConditionFields};
constinit const StructType kStatefulSetOrdinals{"StatefulSetOrdinals", kStatefulSetOrdinalsFields};
constinit const StructType kStatefulSetPersistentVolumeClaimRetentionPolicy{
    "StatefulSetPersistentVolumeClaimRetentionPolicy", kStatefulSetPersistentVolumeClaimRetentionPolicyFields};
constinit const StructType kStatefulSetUpdateStrategy{
    "StatefulSetUpdateStrategy", kStatefulSetUpdateStrategyFields, {}, false, &kStrategyChoices};
constinit const StructType kRollingUpdateStatefulSetStrategy{"RollingUpdateStatefulSetStrategy",
                                                             kRollingUpdateStatefulSetStrategyFields};

}  // namespace ordinal::api::schema

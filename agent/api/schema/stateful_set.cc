// StatefulSet and ControllerRevision (apps/v1).
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kStatefulSetFields[] = {
    String("apiVersion"),
    String("kind"),
    Default(Struct("metadata", kObjectMeta), "{}"),
    Default(Struct("spec", kStatefulSetSpec), "{}"),
    Default(Struct("status", kStatefulSetStatus), R"({"availableReplicas":0,"replicas":0})"),
};

constexpr Field kStatefulSetSpecFields[] = {
    Int32("minReadySeconds"),
    Struct("ordinals", kStatefulSetOrdinals),
    Default(Struct("persistentVolumeClaimRetentionPolicy", kStatefulSetPersistentVolumeClaimRetentionPolicy), "{}"),
    Default(String("podManagementPolicy"), R"("OrderedReady")"),
    Default(Int32("replicas"), "1"),
    Default(Int32("revisionHistoryLimit"), "10"),
    Required(Struct("selector", kLabelSelector)),
    String("serviceName"),
    Default(Struct("template", kPodTemplateSpec), "{}"),
    Default(Struct("updateStrategy", kStatefulSetUpdateStrategy), "{}"),
    List(Struct("volumeClaimTemplates", kPersistentVolumeClaim)),
};

constexpr Field kStatefulSetStatusFields[] = {
    Int32("availableReplicas"), Int32("collisionCount"),   List(Struct("conditions", kStatefulSetCondition), "type"),
    Int32("currentReplicas"),   String("currentRevision"), Int64("observedGeneration"),
    Int32("readyReplicas"),     Int32("replicas"),         String("updateRevision"),
    Int32("updatedReplicas"),
};

constexpr Field kStatefulSetConditionFields[] = {
    Time("lastTransitionTime"), String("message"), String("reason"), String("status"), String("type"),
};

constexpr Field kStatefulSetOrdinalsFields[] = {
    Int32("start"),
};

constexpr Field kStatefulSetPersistentVolumeClaimRetentionPolicyFields[] = {
    Default(String("whenDeleted"), R"("Retain")"),
    Default(String("whenScaled"), R"("Retain")"),
};

constexpr Field kStatefulSetUpdateStrategyFields[] = {
    Struct("rollingUpdate", kRollingUpdateStatefulSetStrategy),
    Default(String("type"), R"("RollingUpdate")"),
};

constexpr Field kRollingUpdateStatefulSetStrategyFields[] = {
    IntOrString("maxUnavailable"),
    Default(Int32("partition"), "0"),
};

constexpr Field kControllerRevisionFields[] = {
    String("apiVersion"), Any("data"), String("kind"), Struct("metadata", kObjectMeta), Int64("revision"),
};

}  // namespace

constinit const StructType kStatefulSet{"StatefulSet", kStatefulSetFields};
constinit const StructType kStatefulSetSpec{"StatefulSetSpec", kStatefulSetSpecFields};
constinit const StructType kStatefulSetStatus{"StatefulSetStatus", kStatefulSetStatusFields};
constinit const StructType kStatefulSetCondition{"StatefulSetCondition", kStatefulSetConditionFields};
constinit const StructType kStatefulSetOrdinals{"StatefulSetOrdinals", kStatefulSetOrdinalsFields};
constinit const StructType kStatefulSetPersistentVolumeClaimRetentionPolicy{
    "StatefulSetPersistentVolumeClaimRetentionPolicy", kStatefulSetPersistentVolumeClaimRetentionPolicyFields};
constinit const StructType kStatefulSetUpdateStrategy{"StatefulSetUpdateStrategy", kStatefulSetUpdateStrategyFields};
constinit const StructType kRollingUpdateStatefulSetStrategy{"RollingUpdateStatefulSetStrategy",
                                                             kRollingUpdateStatefulSetStrategyFields};
constinit const StructType kControllerRevision{"ControllerRevision", kControllerRevisionFields};

}  // namespace ordinal::api::schema

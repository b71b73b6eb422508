// ReplicaSet and Deployment (apps/v1).
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kReplicaSetFields[] = {
    String("apiVersion"),
    String("kind"),
    Default(Struct("metadata", kObjectMeta), "{}"),
    Default(Struct("spec", kReplicaSetSpec), "{}"),
    Default(Struct("status", kReplicaSetStatus), R"({"replicas":0})"),
};

constexpr Field kReplicaSetSpecFields[] = {
    Int32("minReadySeconds"),
    Default(Int32("replicas"), "1"),
    Required(Struct("selector", kLabelSelector)),
    Default(Struct("template", kPodTemplateSpec), "{}"),
};

constexpr Field kReplicaSetStatusFields[] = {
    Int32("availableReplicas"),    List(Struct("conditions", kReplicaSetCondition), "type"),
    Int32("fullyLabeledReplicas"), Int64("observedGeneration"),
    Int32("readyReplicas"),        Int32("replicas"),
};

constexpr Field kReplicaSetConditionFields[] = {
    Time("lastTransitionTime"), String("message"), String("reason"), String("status"), String("type"),
};

constexpr Field kDeploymentFields[] = {
    String("apiVersion"),
    String("kind"),
    Default(Struct("metadata", kObjectMeta), "{}"),
    Default(Struct("spec", kDeploymentSpec), "{}"),
    Default(Struct("status", kDeploymentStatus), "{}"),
};

constexpr Field kDeploymentSpecFields[] = {
    Int32("minReadySeconds"),
    Bool("paused"),
    Default(Int32("progressDeadlineSeconds"), "600"),
    Default(Int32("replicas"), "1"),
    Default(Int32("revisionHistoryLimit"), "10"),
    Required(Struct("selector", kLabelSelector)),
    Default(Struct("strategy", kDeploymentStrategy), "{}"),
    Default(Struct("template", kPodTemplateSpec), "{}"),
};

constexpr Field kDeploymentStrategyFields[] = {
    Struct("rollingUpdate", kRollingUpdateDeployment),
    Default(String("type"), R"("RollingUpdate")"),
};

constexpr Field kRollingUpdateDeploymentFields[] = {
    Default(IntOrString("maxSurge"), R"("25%")"),
    Default(IntOrString("maxUnavailable"), R"("25%")"),
};

constexpr Field kDeploymentStatusFields[] = {
    Int32("availableReplicas"),   Int32("collisionCount"),  List(Struct("conditions", kDeploymentCondition), "type"),
    Int64("observedGeneration"),  Int32("readyReplicas"),   Int32("replicas"),
    Int32("unavailableReplicas"), Int32("updatedReplicas"),
};

constexpr Field kDeploymentConditionFields[] = {
    Time("lastTransitionTime"), Time("lastUpdateTime"), String("message"),
    String("reason"),           String("status"),       String("type"),
};

}  // namespace

constinit const StructType kReplicaSet{"ReplicaSet", kReplicaSetFields};
constinit const StructType kReplicaSetSpec{"ReplicaSetSpec", kReplicaSetSpecFields};
constinit const StructType kReplicaSetStatus{"ReplicaSetStatus", kReplicaSetStatusFields};
constinit const StructType kReplicaSetCondition{"ReplicaSetCondition", kReplicaSetConditionFields};
constinit const StructType kDeployment{"Deployment", kDeploymentFields};
constinit const StructType kDeploymentSpec{"DeploymentSpec", kDeploymentSpecFields};
constinit const StructType kDeploymentStrategy{"DeploymentStrategy", kDeploymentStrategyFields};
constinit const StructType kRollingUpdateDeployment{"RollingUpdateDeployment", kRollingUpdateDeploymentFields};
constinit const StructType kDeploymentStatus{"DeploymentStatus", kDeploymentStatusFields};
constinit const StructType kDeploymentCondition{"DeploymentCondition", kDeploymentConditionFields};

}  // namespace ordinal::api::schema

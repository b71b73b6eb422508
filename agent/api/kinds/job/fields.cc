#include "agent/api/kinds/job/fields.h"

#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kJobFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kJobSpec), "{}"), "what is wanted"),
    Tag(3, Default(Struct("status", kJobStatus), "{}"), "what was last seen"),
};

constexpr Field kJobSpecFields[] = {
    Tag(3, Optional(Int64("activeDeadlineSeconds")), "seconds after its start at which the job fails"),
    Tag(7, Optional(Int32("backoffLimit")), "how many pods may fail before the job does; 6 when absent"),
    Tag(12, Optional(Immutable(Int32("backoffLimitPerIndex"))),
        "how many pods of one index may fail before that index does; with completionMode Indexed"),
    Tag(9, Optional(Immutable(OneOf(String("completionMode"), kCompletionModes))),
        "NonIndexed (the default): any successes count; Indexed: one of each index from 0 to completions - 1"),
    Tag(2, Optional(Int32("completions")),
        "how many pods have to succeed; when absent, and parallelism is not, the first success is the job's"),
    Tag(15, Optional(Immutable(String("managedBy"))), "who looks after the job; anybody else leaves it alone"),
    Tag(5, Optional(Bool("manualSelector")), "the selector and its labels are written, not made up"),
    Tag(13, Optional(Int32("maxFailedIndexes")), "how many indexes may fail before the job does"),
    Tag(1, Optional(Int32("parallelism")), "how many pods may run at a time; 1 when absent"),
    Tag(11, Optional(Immutable(Struct("podFailurePolicy", kPodFailurePolicy))), "what a failed pod means for the job"),
    Tag(14, Optional(OneOf(String("podReplacementPolicy"), kReplacementPolicies)),
        "when a pod is made anew: TerminatingOrFailed (the default): as soon as it is going; Failed: when it is over"),
    Tag(4, Optional(Immutable(Struct("selector", kLabelSelector))), "the pods that are counted; made up by the system"),
    Tag(16, Optional(Immutable(Struct("successPolicy", kSuccessPolicy))),
        "which indexes are enough for the job to succeed"),
    Tag(10, Optional(Bool("suspend")), "no pods run while it is true"),
    Tag(6, Required(Default(Struct("template", kPodTemplateSpec), "{}")), "the pods to make"),
    Tag(8, Optional(Int32("ttlSecondsAfterFinished")), "seconds after its end at which the job is deleted"),
};

constexpr Field kJobStatusFields[] = {
    Tag(4, Int32("active"), "pods that are neither over nor going"),
    Tag(7, String("completedIndexes"), R"(indexes that succeeded, as in "1,3-5,7")"),
    Tag(3, Optional(Time("completionTime")), "when the job succeeded"),
    Tag(1, Atomic(List(Struct("conditions", kJobCondition), "type"))),
    Tag(6, Int32("failed"), "pods that failed"),
    Tag(10, Optional(String("failedIndexes")), "indexes that failed, with backoffLimitPerIndex"),
    Tag(9, Optional(Int32("ready")), "active pods that are ready"),
    Tag(2, Optional(Time("startTime")), "when the job was started, or resumed"),
    Tag(5, Int32("succeeded"), "pods that succeeded"),
    Tag(11, Optional(Int32("terminating")), "pods that are going and not over yet"),
    Tag(8, Optional(Struct("uncountedTerminatedPods", kUncountedTerminatedPods)),
        "pods that are over and not in the counts yet"),
};

constexpr Field kJobConditionFields[] = {
    Tag(3, Time("lastProbeTime")),
    Tag(4, Time("lastTransitionTime")),
    Tag(6, String("message")),
    Tag(5, String("reason")),
    Tag(2, Required(String("status"))),
    Tag(1, Required(String("type")), "Complete, Failed, Suspended, SuccessCriteriaMet, FailureTarget"),
};

constexpr Field kUncountedTerminatedPodsFields[] = {
    Tag(2, List(String("failed"), "=")),
    Tag(1, List(String("succeeded"), "=")),
};

constexpr Field kPodFailurePolicyFields[] = {
    Tag(1, Required(Atomic(List(Struct("rules", kPodFailurePolicyRule)))), "the first that fits counts"),
};

constexpr Field kPodFailurePolicyRuleFields[] = {
    Tag(1, Required(OneOf(String("action"), kFailureActions)),
        "FailJob, FailIndex (the pod's index), Ignore (the failure counts for nothing) or Count"),
    Tag(2, Optional(Struct("onExitCodes", kPodFailurePolicyOnExitCodesRequirement)), "fits by exit codes"),
    Tag(3, Atomic(List(Struct("onPodConditions", kPodFailurePolicyOnPodConditionsPattern))), "fits by conditions"),
};

constexpr Field kPodFailurePolicyOnExitCodesRequirementFields[] = {
    Tag(1, Optional(String("containerName")), "the container; any when absent"),
    Tag(2, Required(OneOf(String("operator"), kExitCodeOperators)), "In or NotIn"),
    Tag(3, Required(List(Int32("values"), "=")), "exit codes, in ascending order"),
};

constexpr Field kPodFailurePolicyOnPodConditionsPatternFields[] = {
    Tag(2, Default(String("status"), R"("True")"), "True (the default), False or Unknown"),
    Tag(1, Required(String("type"))),
};

constexpr Field kSuccessPolicyFields[] = {
    Tag(1, Required(Atomic(List(Struct("rules", kSuccessPolicyRule)))), "one that is met is enough"),
};

constexpr Field kSuccessPolicyRuleFields[] = {
    Tag(2, Optional(Int32("succeededCount")), "so many indexes, of succeededIndexes when that is there"),
    Tag(1, Optional(String("succeededIndexes")), R"(these indexes, as in "1,3-5,7": all, or succeededCount of them)"),
};

}  // namespace

constinit const StructType kJob{"Job", kJobFields, "pods that run to their end"};
constinit const StructType kJobSpec{"JobSpec", kJobSpecFields, "what a job wants"};
constinit const StructType kJobStatus{"JobStatus", kJobStatusFields};
constinit const StructType kJobCondition{"JobCondition", kJobConditionFields};
constinit const StructType kUncountedTerminatedPods{"UncountedTerminatedPods", kUncountedTerminatedPodsFields};
constinit const StructType kPodFailurePolicy{"PodFailurePolicy", kPodFailurePolicyFields,
                                             "what failures of pods mean, with restartPolicy Never"};
constinit const StructType kPodFailurePolicyRule{"PodFailurePolicyRule", kPodFailurePolicyRuleFields};
constinit const StructType kPodFailurePolicyOnExitCodesRequirement{"PodFailurePolicyOnExitCodesRequirement",
                                                                   kPodFailurePolicyOnExitCodesRequirementFields};
constinit const StructType kPodFailurePolicyOnPodConditionsPattern{"PodFailurePolicyOnPodConditionsPattern",
                                                                   kPodFailurePolicyOnPodConditionsPatternFields};
constinit const StructType kSuccessPolicy{"SuccessPolicy", kSuccessPolicyFields,
                                          "when an indexed job succeeds before all of its indexes did"};
constinit const StructType kSuccessPolicyRule{"SuccessPolicyRule", kSuccessPolicyRuleFields};

}  // namespace ordinal::api::schema

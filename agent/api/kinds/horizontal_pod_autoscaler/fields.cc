#include "agent/api/kinds/horizontal_pod_autoscaler/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kHorizontalPodAutoscalerFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kHorizontalPodAutoscalerSpec), "{}"), "what is wanted"),
    Tag(3, Default(Struct("status", kHorizontalPodAutoscalerStatus), R"({"desiredReplicas":0})"), "what was last seen"),
};

constexpr Field kHorizontalPodAutoscalerSpecFields[] = {
    Tag(5, Optional(Struct("behavior", kHorizontalPodAutoscalerBehavior)), "how fast it may scale up and down"),
    Tag(3, Listed(Int32("maxReplicas")), "the largest number of pods"),
    Tag(4, List(Struct("metrics", kMetricSpec)),
        "what is looked at; the largest of the numbers that these ask for counts; cpu at 80% of its requests when "
        "absent"),
    Tag(2, Optional(Default(Int32("minReplicas"), "1")), "the smallest number of pods; 1 when absent"),
    Tag(1, Listed(Struct("scaleTargetRef", kCrossVersionObjectReference)),
        "the set that is scaled, through its subresource scale"),
};

constexpr Field kCrossVersionObjectReferenceFields[] = {
    Tag(3, String("apiVersion")),
    Tag(1, Listed(String("kind"))),
    Tag(2, Listed(String("name"))),
};

constexpr Field kMetricSpecFields[] = {
    Tag(7, Optional(Struct("containerResource", kContainerResourceMetricSource)),
        "cpu or memory of one container of the pods"),
    Tag(5, Optional(Struct("external", kExternalMetricSource))),
    Tag(2, Optional(Struct("object", kObjectMetricSource))),
    Tag(3, Optional(Struct("pods", kPodsMetricSource))),
    Tag(4, Optional(Struct("resource", kResourceMetricSource)), "cpu or memory of the pods"),
    Tag(1, Listed(String("type")),
        "Resource or ContainerResource; Pods, Object and External are kept, and nobody here measures them"),
};

constexpr Field kHorizontalPodAutoscalerBehaviorFields[] = {
    Tag(2, Optional(Struct("scaleDown", kHPAScalingRules)),
        "downwards; when absent: as far as needed, by the largest number wanted within 300 s"),
    Tag(1, Optional(Struct("scaleUp", kHPAScalingRules)),
        "upwards; when absent: as many pods as there are or 4, whichever is more, each 15 s"),
};

constexpr Field kHPAScalingRulesFields[] = {
    Tag(2, List(Struct("policies", kHPAScalingPolicy)), "limits of a change within a time"),
    Tag(1, Optional(String("selectPolicy")),
        "which of the policies counts: Max (when absent) the one that allows most, Min the one that allows least, "
        "Disabled: no change in this direction"),
    Tag(3, Optional(Int32("stabilizationWindowSeconds")),
        "seconds of earlier recommendations that count too; 0 upwards and 300 downwards when absent"),
    Tag(4, Optional(Quantity("tolerance")),
        "how far, as a part of the target, what is seen may be from it without a change; 0.1 when absent"),
};

constexpr Field kHPAScalingPolicyFields[] = {
    Tag(3, Listed(Int32("periodSeconds")), "within so many seconds"),
    Tag(1, Listed(String("type")), "Pods or Percent"),
    Tag(2, Listed(Int32("value")), "how many, or how many percent"),
};

constexpr Field kObjectMetricSourceFields[] = {
    Tag(1, Listed(Struct("describedObject", kCrossVersionObjectReference))),
    Tag(3, Listed(Struct("metric", kMetricIdentifier))),
    Tag(2, Listed(Struct("target", kMetricTarget))),
};

constexpr Field kPodsMetricSourceFields[] = {
    Tag(1, Listed(Struct("metric", kMetricIdentifier))),
    Tag(2, Listed(Struct("target", kMetricTarget))),
};

constexpr Field kResourceMetricSourceFields[] = {
    Tag(1, Listed(String("name"))),
    Tag(2, Listed(Struct("target", kMetricTarget))),
};

constexpr Field kContainerResourceMetricSourceFields[] = {
    Tag(3, Listed(String("container"))),
    Tag(1, Listed(String("name"))),
    Tag(2, Listed(Struct("target", kMetricTarget))),
};

constexpr Field kExternalMetricSourceFields[] = {
    Tag(1, Listed(Struct("metric", kMetricIdentifier))),
    Tag(2, Listed(Struct("target", kMetricTarget))),
};

constexpr Field kMetricIdentifierFields[] = {
    Tag(1, Listed(String("name"))),
    Tag(2, Optional(Struct("selector", kLabelSelector))),
};

constexpr Field kMetricTargetFields[] = {
    Tag(4, Optional(Int32("averageUtilization")), "percent of what the pods request"),
    Tag(3, Optional(Quantity("averageValue")), "how much for each pod"),
    Tag(1, Listed(String("type")), "Utilization, AverageValue or Value"),
    Tag(2, Optional(Quantity("value")), "how much in all"),
};

constexpr Field kHorizontalPodAutoscalerStatusFields[] = {
    Tag(6, List(Struct("conditions", kHorizontalPodAutoscalerCondition), "type"),
        "AbleToScale, ScalingActive and ScalingLimited, with their reasons"),
    Tag(5, List(Struct("currentMetrics", kMetricStatus)), "what was seen then"),
    Tag(3, Int32("currentReplicas"), "how many pods there were at the last look"),
    Tag(4, Listed(Int32("desiredReplicas")), "how many there should have been then"),
    Tag(2, Optional(Time("lastScaleTime")), "when it scaled last"),
    Tag(1, Optional(Int64("observedGeneration"))),
};

constexpr Field kHorizontalPodAutoscalerConditionFields[] = {
    Tag(3, Time("lastTransitionTime")), Tag(5, String("message")),      Tag(4, String("reason")),
    Tag(2, Listed(String("status"))),   Tag(1, Listed(String("type"))),
};

constexpr Field kMetricStatusFields[] = {
    Tag(7, Optional(Struct("containerResource", kContainerResourceMetricStatus))),
    Tag(5, Optional(Struct("external", kExternalMetricStatus))),
    Tag(2, Optional(Struct("object", kObjectMetricStatus))),
    Tag(3, Optional(Struct("pods", kPodsMetricStatus))),
    Tag(4, Optional(Struct("resource", kResourceMetricStatus))),
    Tag(1, Listed(String("type"))),
};

constexpr Field kObjectMetricStatusFields[] = {
    Tag(2, Listed(Struct("current", kMetricValueStatus))),
    Tag(3, Listed(Struct("describedObject", kCrossVersionObjectReference))),
    Tag(1, Listed(Struct("metric", kMetricIdentifier))),
};

constexpr Field kPodsMetricStatusFields[] = {
    Tag(2, Listed(Struct("current", kMetricValueStatus))),
    Tag(1, Listed(Struct("metric", kMetricIdentifier))),
};

constexpr Field kResourceMetricStatusFields[] = {
    Tag(2, Listed(Struct("current", kMetricValueStatus))),
    Tag(1, Listed(String("name"))),
};

constexpr Field kContainerResourceMetricStatusFields[] = {
    Tag(3, Listed(String("container"))),
    Tag(2, Listed(Struct("current", kMetricValueStatus))),
    Tag(1, Listed(String("name"))),
};

constexpr Field kExternalMetricStatusFields[] = {
    Tag(2, Listed(Struct("current", kMetricValueStatus))),
    Tag(1, Listed(Struct("metric", kMetricIdentifier))),
};

constexpr Field kMetricValueStatusFields[] = {
    Tag(3, Optional(Int32("averageUtilization"))),
    Tag(2, Optional(Quantity("averageValue"))),
    Tag(1, Optional(Quantity("value"))),
};

}  // namespace

constinit const StructType kHorizontalPodAutoscaler{"HorizontalPodAutoscaler", kHorizontalPodAutoscalerFields,
                                                    "scales a set of pods by what they use"};
constinit const StructType kHorizontalPodAutoscalerSpec{"HorizontalPodAutoscalerSpec",
                                                        kHorizontalPodAutoscalerSpecFields};
constinit const StructType kCrossVersionObjectReference{"CrossVersionObjectReference",
                                                        kCrossVersionObjectReferenceFields};
constinit const StructType kMetricSpec{"MetricSpec", kMetricSpecFields};
constinit const StructType kHorizontalPodAutoscalerBehavior{"HorizontalPodAutoscalerBehavior",
                                                            kHorizontalPodAutoscalerBehaviorFields};
constinit const StructType kHPAScalingRules{"HPAScalingRules", kHPAScalingRulesFields};
constinit const StructType kHPAScalingPolicy{"HPAScalingPolicy", kHPAScalingPolicyFields};
constinit const StructType kObjectMetricSource{"ObjectMetricSource", kObjectMetricSourceFields};
constinit const StructType kPodsMetricSource{"PodsMetricSource", kPodsMetricSourceFields};
constinit const StructType kResourceMetricSource{"ResourceMetricSource", kResourceMetricSourceFields};
constinit const StructType kContainerResourceMetricSource{"ContainerResourceMetricSource",
                                                          kContainerResourceMetricSourceFields};
constinit const StructType kExternalMetricSource{"ExternalMetricSource", kExternalMetricSourceFields};
constinit const StructType kMetricIdentifier{"MetricIdentifier", kMetricIdentifierFields};
constinit const StructType kMetricTarget{"MetricTarget", kMetricTargetFields};
constinit const StructType kHorizontalPodAutoscalerStatus{"HorizontalPodAutoscalerStatus",
                                                          kHorizontalPodAutoscalerStatusFields};
constinit const StructType kHorizontalPodAutoscalerCondition{"HorizontalPodAutoscalerCondition",
                                                             kHorizontalPodAutoscalerConditionFields};
constinit const StructType kMetricStatus{"MetricStatus", kMetricStatusFields};
constinit const StructType kObjectMetricStatus{"ObjectMetricStatus", kObjectMetricStatusFields};
constinit const StructType kPodsMetricStatus{"PodsMetricStatus", kPodsMetricStatusFields};
constinit const StructType kResourceMetricStatus{"ResourceMetricStatus", kResourceMetricStatusFields};
constinit const StructType kContainerResourceMetricStatus{"ContainerResourceMetricStatus",
                                                          kContainerResourceMetricStatusFields};
constinit const StructType kExternalMetricStatus{"ExternalMetricStatus", kExternalMetricStatusFields};
constinit const StructType kMetricValueStatus{"MetricValueStatus", kMetricValueStatusFields};

}  // namespace ordinal::api::schema

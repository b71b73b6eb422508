#include "agent/api/kinds/horizontal_pod_autoscaler/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kHorizontalPodAutoscalerV1Fields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Struct("spec", kHorizontalPodAutoscalerSpecV1)),
    Tag(3, Struct("status", kHorizontalPodAutoscalerStatusV1)),
};

constexpr Field kHorizontalPodAutoscalerSpecV1Fields[] = {
    Tag(3, Listed(Int32("maxReplicas")), "the largest number of pods"),
    Tag(2, Optional(Int32("minReplicas")), "the smallest number of pods; 1 when absent"),
    Tag(1, Listed(Struct("scaleTargetRef", kCrossVersionObjectReferenceV1)),
        "the set that is scaled, through its subresource scale"),
    Tag(4, Optional(Int32("targetCPUUtilizationPercentage")), "percent of the cpu that the pods request"),
};

constexpr Field kHorizontalPodAutoscalerStatusV1Fields[] = {
    Tag(5, Optional(Int32("currentCPUUtilizationPercentage"))),
    Tag(3, Listed(Int32("currentReplicas"))),
    Tag(4, Listed(Int32("desiredReplicas"))),
    Tag(2, Optional(Time("lastScaleTime"))),
    Tag(1, Optional(Int64("observedGeneration"))),
};

constexpr Field kCrossVersionObjectReferenceV1Fields[] = {
    Tag(3, String("apiVersion")),
    Tag(1, Listed(String("kind"))),
    Tag(2, Listed(String("name"))),
};

}  // namespace

constinit const StructType kHorizontalPodAutoscalerV1{"HorizontalPodAutoscaler", kHorizontalPodAutoscalerV1Fields,
                                                      "scales a set of pods by the cpu they use"};
constinit const StructType kHorizontalPodAutoscalerSpecV1{"HorizontalPodAutoscalerSpec",
                                                          kHorizontalPodAutoscalerSpecV1Fields};
constinit const StructType kHorizontalPodAutoscalerStatusV1{"HorizontalPodAutoscalerStatus",
                                                            kHorizontalPodAutoscalerStatusV1Fields};
constinit const StructType kCrossVersionObjectReferenceV1{"CrossVersionObjectReference",
                                                          kCrossVersionObjectReferenceV1Fields};

}  // namespace ordinal::api::schema

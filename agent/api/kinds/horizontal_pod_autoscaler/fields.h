// The types of the kind.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

// fields.cc: autoscaling/v2
extern const StructType kHorizontalPodAutoscaler, kHorizontalPodAutoscalerSpec, kCrossVersionObjectReference,
    kMetricSpec, kHorizontalPodAutoscalerBehavior, kHPAScalingRules, kHPAScalingPolicy, kObjectMetricSource,
    kPodsMetricSource, kResourceMetricSource, kContainerResourceMetricSource, kExternalMetricSource, kMetricIdentifier,
    kMetricTarget, kHorizontalPodAutoscalerStatus, kHorizontalPodAutoscalerCondition, kMetricStatus,
    kObjectMetricStatus, kPodsMetricStatus, kResourceMetricStatus, kContainerResourceMetricStatus,
    kExternalMetricStatus, kMetricValueStatus;

// v1_fields.cc: autoscaling/v1
extern const StructType kHorizontalPodAutoscalerV1, kHorizontalPodAutoscalerSpecV1, kHorizontalPodAutoscalerStatusV1,
    kCrossVersionObjectReferenceV1;

}  // namespace ordinal::api::schema

// Types that are passed but never stored, in the words of the schema tables: options, answers, scales, reviews,
// measurements. As of Kubernetes 1.32 (its published OpenAPI document).
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::openapi {

// meta/v1
extern const StructType kListMeta, kStatus, kStatusDetails, kStatusCause, kDeleteOptions, kPreconditions;
// core/v1, autoscaling/v1, policy/v1
extern const StructType kBinding, kScale, kScaleSpec, kScaleStatus, kEviction;
// authentication.k8s.io/v1
extern const StructType kTokenRequest, kTokenRequestSpec, kTokenRequestStatus, kBoundObjectReference,
    kSelfSubjectReview, kSelfSubjectReviewStatus, kTokenReview, kTokenReviewSpec, kTokenReviewStatus, kUserInfo;
// authorization.k8s.io/v1
extern const StructType kSelfSubjectAccessReview, kSelfSubjectAccessReviewSpec, kSubjectAccessReviewStatus,
    kResourceAttributes, kNonResourceAttributes, kSelfSubjectRulesReview, kSelfSubjectRulesReviewSpec,
    kSubjectRulesReviewStatus, kResourceRule, kNonResourceRule, kSubjectAccessReview, kLocalSubjectAccessReview,
    kSubjectAccessReviewSpec;
// metrics.k8s.io/v1beta1
extern const StructType kPodMetrics, kContainerMetrics, kNodeMetrics;

}  // namespace ordinal::api::openapi

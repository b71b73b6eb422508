#include "agent/api/openapi/more_types.h"

#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::openapi {
namespace {

using schema::Bool;
using schema::Int32;
using schema::Int64;
using schema::kObjectMeta;
using schema::kObjectReference;
using schema::List;
using schema::Map;
using schema::Quantity;
using schema::Required;
using schema::String;
using schema::Struct;
using schema::Time;

constexpr Field kListMetaFields[] = {
    String("continue"),
    Int64("remainingItemCount"),
    String("resourceVersion"),
    String("selfLink"),
};

constexpr Field kStatusCauseFields[] = {
    String("field"),
    String("message"),
    String("reason"),
};

constexpr Field kStatusDetailsFields[] = {
    List(Struct("causes", kStatusCause)), String("group"), String("kind"), String("name"),
    Int32("retryAfterSeconds"),           String("uid"),
};

constexpr Field kStatusFields[] = {
    String("apiVersion"), Int32("code"),     Struct("details", kStatusDetails),
    String("kind"),       String("message"), Struct("metadata", kListMeta),
    String("reason"),     String("status"),
};

constexpr Field kPreconditionsFields[] = {
    String("resourceVersion"),
    String("uid"),
};

constexpr Field kDeleteOptionsFields[] = {
    String("apiVersion"),        List(String("dryRun")),
    Int64("gracePeriodSeconds"), String("kind"),
    Bool("orphanDependents"),    Struct("preconditions", kPreconditions),
    String("propagationPolicy"),
};

constexpr Field kBindingFields[] = {
    String("apiVersion"),
    String("kind"),
    Struct("metadata", kObjectMeta),
    Required(Struct("target", kObjectReference)),
};

constexpr Field kScaleSpecFields[] = {
    Int32("replicas"),
};

constexpr Field kScaleStatusFields[] = {
    Required(Int32("replicas")),
    String("selector"),
};

constexpr Field kScaleFields[] = {
    String("apiVersion"),           String("kind"), Struct("metadata", kObjectMeta), Struct("spec", kScaleSpec),
    Struct("status", kScaleStatus),
};

constexpr Field kEvictionFields[] = {
    String("apiVersion"),
    Struct("deleteOptions", kDeleteOptions),
    String("kind"),
    Struct("metadata", kObjectMeta),
};

constexpr Field kBoundObjectReferenceFields[] = {
    String("apiVersion"),
    String("kind"),
    String("name"),
    String("uid"),
};

constexpr Field kTokenRequestSpecFields[] = {
    Required(List(String("audiences"))),
    Struct("boundObjectRef", kBoundObjectReference),
    Int64("expirationSeconds"),
};

constexpr Field kTokenRequestStatusFields[] = {
    Required(Time("expirationTimestamp")),
    Required(String("token")),
};

constexpr Field kTokenRequestFields[] = {
    String("apiVersion"),
    String("kind"),
    Struct("metadata", kObjectMeta),
    Required(Struct("spec", kTokenRequestSpec)),
    Struct("status", kTokenRequestStatus),
};

constexpr Field kUserInfoFields[] = {
    List(String("groups")),
    String("uid"),
    String("username"),
};

constexpr Field kSelfSubjectReviewStatusFields[] = {
    Struct("userInfo", kUserInfo),
};

constexpr Field kSelfSubjectReviewFields[] = {
    String("apiVersion"),
    String("kind"),
    Struct("metadata", kObjectMeta),
    Struct("status", kSelfSubjectReviewStatus),
};

constexpr Field kResourceAttributesFields[] = {
    String("group"),       String("name"), String("namespace"), String("resource"),
    String("subresource"), String("verb"), String("version"),
};

constexpr Field kNonResourceAttributesFields[] = {
    String("path"),
    String("verb"),
};

constexpr Field kSelfSubjectAccessReviewSpecFields[] = {
    Struct("nonResourceAttributes", kNonResourceAttributes),
    Struct("resourceAttributes", kResourceAttributes),
};

constexpr Field kSubjectAccessReviewStatusFields[] = {
    Required(Bool("allowed")),
    Bool("denied"),
    String("evaluationError"),
    String("reason"),
};

constexpr Field kSelfSubjectAccessReviewFields[] = {
    String("apiVersion"),
    String("kind"),
    Struct("metadata", kObjectMeta),
    Required(Struct("spec", kSelfSubjectAccessReviewSpec)),
    Struct("status", kSubjectAccessReviewStatus),
};

constexpr Field kResourceRuleFields[] = {
    List(String("apiGroups")),
    List(String("resourceNames")),
    List(String("resources")),
    Required(List(String("verbs"))),
};

constexpr Field kNonResourceRuleFields[] = {
    List(String("nonResourceURLs")),
    Required(List(String("verbs"))),
};

constexpr Field kSelfSubjectRulesReviewSpecFields[] = {
    String("namespace"),
};

constexpr Field kSubjectRulesReviewStatusFields[] = {
    String("evaluationError"),
    Required(Bool("incomplete")),
    Required(List(Struct("nonResourceRules", kNonResourceRule))),
    Required(List(Struct("resourceRules", kResourceRule))),
};

constexpr Field kSelfSubjectRulesReviewFields[] = {
    String("apiVersion"),
    String("kind"),
    Struct("metadata", kObjectMeta),
    Required(Struct("spec", kSelfSubjectRulesReviewSpec)),
    Struct("status", kSubjectRulesReviewStatus),
};

constexpr Field kContainerMetricsFields[] = {
    Required(String("name")),
    Required(Map(Quantity("usage"))),
};

constexpr Field kPodMetricsFields[] = {
    String("apiVersion"),
    Required(List(Struct("containers", kContainerMetrics))),
    String("kind"),
    Struct("metadata", kObjectMeta),
    Required(Time("timestamp")),
    Required(String("window")),
};

constexpr Field kNodeMetricsFields[] = {
    String("apiVersion"),
    String("kind"),
    Struct("metadata", kObjectMeta),
    Required(Time("timestamp")),
    Required(Map(Quantity("usage"))),
    Required(String("window")),
};

}  // namespace

constinit const StructType kListMeta{"ListMeta", kListMetaFields};
constinit const StructType kStatusCause{"StatusCause", kStatusCauseFields};
constinit const StructType kStatusDetails{"StatusDetails", kStatusDetailsFields};
constinit const StructType kStatus{"Status", kStatusFields};
constinit const StructType kPreconditions{"Preconditions", kPreconditionsFields};
constinit const StructType kDeleteOptions{"DeleteOptions", kDeleteOptionsFields};
constinit const StructType kBinding{"Binding", kBindingFields};
constinit const StructType kScaleSpec{"ScaleSpec", kScaleSpecFields};
constinit const StructType kScaleStatus{"ScaleStatus", kScaleStatusFields};
constinit const StructType kScale{"Scale", kScaleFields};
constinit const StructType kEviction{"Eviction", kEvictionFields};
constinit const StructType kBoundObjectReference{"BoundObjectReference", kBoundObjectReferenceFields};
constinit const StructType kTokenRequestSpec{"TokenRequestSpec", kTokenRequestSpecFields};
constinit const StructType kTokenRequestStatus{"TokenRequestStatus", kTokenRequestStatusFields};
constinit const StructType kTokenRequest{"TokenRequest", kTokenRequestFields};
constinit const StructType kUserInfo{"UserInfo", kUserInfoFields};
constinit const StructType kSelfSubjectReviewStatus{"SelfSubjectReviewStatus", kSelfSubjectReviewStatusFields};
constinit const StructType kSelfSubjectReview{"SelfSubjectReview", kSelfSubjectReviewFields};
constinit const StructType kResourceAttributes{"ResourceAttributes", kResourceAttributesFields};
constinit const StructType kNonResourceAttributes{"NonResourceAttributes", kNonResourceAttributesFields};
constinit const StructType kSelfSubjectAccessReviewSpec{"SelfSubjectAccessReviewSpec",
                                                        kSelfSubjectAccessReviewSpecFields};
constinit const StructType kSubjectAccessReviewStatus{"SubjectAccessReviewStatus", kSubjectAccessReviewStatusFields};
constinit const StructType kSelfSubjectAccessReview{"SelfSubjectAccessReview", kSelfSubjectAccessReviewFields};
constinit const StructType kResourceRule{"ResourceRule", kResourceRuleFields};
constinit const StructType kNonResourceRule{"NonResourceRule", kNonResourceRuleFields};
constinit const StructType kSelfSubjectRulesReviewSpec{"SelfSubjectRulesReviewSpec", kSelfSubjectRulesReviewSpecFields};
constinit const StructType kSubjectRulesReviewStatus{"SubjectRulesReviewStatus", kSubjectRulesReviewStatusFields};
constinit const StructType kSelfSubjectRulesReview{"SelfSubjectRulesReview", kSelfSubjectRulesReviewFields};
constinit const StructType kContainerMetrics{"ContainerMetrics", kContainerMetricsFields};
constinit const StructType kPodMetrics{"PodMetrics", kPodMetricsFields};
constinit const StructType kNodeMetrics{"NodeMetrics", kNodeMetricsFields};

}  // namespace ordinal::api::openapi

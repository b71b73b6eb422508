#include "agent/api/openapi/more_types.h"

#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::openapi {
namespace {

using schema::Any;
using schema::Bool;
using schema::Int32;
using schema::Int64;
using schema::kObjectMeta;
using schema::kObjectReference;
using schema::List;
using schema::Listed;
using schema::Map;
using schema::Optional;
using schema::Quantity;
using schema::Required;
using schema::Said;
using schema::String;
using schema::Struct;
using schema::Tag;
using schema::Time;

constexpr Field kListMetaFields[] = {
    Tag(3, String("continue"), "where the next part of the list begins"),
    Tag(4, Optional(Int64("remainingItemCount")), "how many objects follow"),
    Tag(2, String("resourceVersion"), "the version of the list"),
    Tag(1, String("selfLink")),
};

constexpr Field kStatusCauseFields[] = {
    Tag(3, String("field"), "the field at fault"),
    Tag(2, String("message"), "what is wrong with it"),
    Tag(1, String("reason"), "the kind of fault"),
};

constexpr Field kStatusDetailsFields[] = {
    Tag(4, List(Struct("causes", kStatusCause)), "each fault found"),
    Tag(2, String("group"), "the group of the object"),
    Tag(3, String("kind"), "the kind of the object"),
    Tag(1, String("name"), "the name of the object"),
    Tag(5, Int32("retryAfterSeconds"), "when to try again"),
    Tag(6, String("uid"), "the uid of the object"),
};

constexpr Field kStatusFields[] = {
    String("apiVersion"),
    Tag(6, Int32("code"), "the HTTP status"),
    Tag(5, Optional(Struct("details", kStatusDetails)), "what it was about, and each fault found"),
    String("kind"),
    Tag(3, String("message"), "what people should know"),
    Tag(1, Struct("metadata", kListMeta)),
    Tag(4, String("reason"), "the cause in one word"),
    Tag(2, String("status"), "Success or Failure"),
};

constexpr Field kPreconditionsFields[] = {
    Tag(2, Optional(String("resourceVersion"))),
    Tag(1, Optional(String("uid"))),
};

constexpr Field kDeleteOptionsFields[] = {
    String("apiVersion"),
    Tag(5, List(String("dryRun")), "All: say what would be done"),
    Tag(1, Optional(Int64("gracePeriodSeconds")), "seconds until the object is gone; 0 at once"),
    String("kind"),
    Tag(3, Optional(Bool("orphanDependents")), "the old form of propagationPolicy"),
    Tag(2, Optional(Struct("preconditions", kPreconditions)), "what must hold for the object to be deleted"),
    Tag(4, Optional(String("propagationPolicy")),
        "what becomes of what the object owns: Orphan, Background or Foreground"),
};

constexpr Field kBindingFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(2, Required(Struct("target", kObjectReference)), "the node"),
};

constexpr Field kScaleSpecFields[] = {
    Tag(1, Int32("replicas"), "how many pods are wanted"),
};

constexpr Field kScaleStatusFields[] = {
    Tag(1, Required(Int32("replicas")), "how many pods there are"),
    Tag(2, String("selector"), "which pods are counted"),
};

constexpr Field kScaleFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Listed(Struct("metadata", kObjectMeta))),
    Tag(2, Struct("spec", kScaleSpec)),
    Tag(3, Struct("status", kScaleStatus)),
};

constexpr Field kEvictionFields[] = {
    String("apiVersion"),
    Tag(2, Optional(Struct("deleteOptions", kDeleteOptions)), "how the pod is deleted"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
};

constexpr Field kBoundObjectReferenceFields[] = {
    Tag(2, String("apiVersion")),
    Tag(1, String("kind")),
    Tag(3, String("name")),
    Tag(4, String("uid")),
};

constexpr Field kTokenRequestSpecFields[] = {
    Tag(1, Required(List(String("audiences")))),
    Tag(3, Optional(Struct("boundObjectRef", kBoundObjectReference))),
    Tag(4, Optional(Int64("expirationSeconds"))),
};

constexpr Field kTokenRequestStatusFields[] = {
    Tag(2, Required(Time("expirationTimestamp"))),
    Tag(1, Required(String("token"))),
};

constexpr Field kTokenRequestFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(2, Required(Struct("spec", kTokenRequestSpec))),
    Tag(3, Struct("status", kTokenRequestStatus)),
};

constexpr Field kUserInfoFields[] = {
    Tag(4, Map(Any("extra"))),
    Tag(3, List(String("groups"))),
    Tag(2, String("uid")),
    Tag(1, String("username")),
};

constexpr Field kTokenReviewSpecFields[] = {
    Tag(2, List(String("audiences"))),
    Tag(1, String("token")),
};

constexpr Field kTokenReviewStatusFields[] = {
    Tag(4, List(String("audiences"))),
    Tag(1, Bool("authenticated")),
    Tag(3, String("error")),
    Tag(2, Struct("user", kUserInfo)),
};

constexpr Field kTokenReviewFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(2, Required(Struct("spec", kTokenReviewSpec))),
    Tag(3, Struct("status", kTokenReviewStatus)),
};

constexpr Field kSelfSubjectReviewStatusFields[] = {
    Tag(1, Struct("userInfo", kUserInfo)),
};

constexpr Field kSelfSubjectReviewFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(2, Struct("status", kSelfSubjectReviewStatus)),
};

constexpr Field kResourceAttributesFields[] = {
    Tag(3, String("group")),       Tag(7, String("name")), Tag(1, String("namespace")), Tag(5, String("resource")),
    Tag(6, String("subresource")), Tag(2, String("verb")), Tag(4, String("version")),
};

constexpr Field kNonResourceAttributesFields[] = {
    Tag(1, String("path")),
    Tag(2, String("verb")),
};

constexpr Field kSelfSubjectAccessReviewSpecFields[] = {
    Tag(2, Optional(Struct("nonResourceAttributes", kNonResourceAttributes)), "a path asked about"),
    Tag(1, Optional(Struct("resourceAttributes", kResourceAttributes)), "a resource asked about"),
};

constexpr Field kSubjectAccessReviewStatusFields[] = {
    Tag(1, Required(Bool("allowed")), "yes, you may"),
    Tag(4, Bool("denied")),
    Tag(3, String("evaluationError")),
    Tag(2, String("reason"), "why, or why not"),
};

constexpr Field kSelfSubjectAccessReviewFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(2, Required(Struct("spec", kSelfSubjectAccessReviewSpec))),
    Tag(3, Struct("status", kSubjectAccessReviewStatus)),
};

constexpr Field kSubjectAccessReviewSpecFields[] = {
    Tag(5, Map(Any("extra")), "what else is known of the user"),
    Tag(4, List(String("groups")), "the user's groups"),
    Tag(2, Optional(Struct("nonResourceAttributes", kNonResourceAttributes)), "a path asked about"),
    Tag(1, Optional(Struct("resourceAttributes", kResourceAttributes)), "a resource asked about"),
    Tag(6, String("uid")),
    Tag(3, String("user"), "the user asked about"),
};

constexpr Field kSubjectAccessReviewFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(2, Required(Struct("spec", kSubjectAccessReviewSpec))),
    Tag(3, Struct("status", kSubjectAccessReviewStatus)),
};

constexpr Field kResourceRuleFields[] = {
    Tag(2, List(String("apiGroups"))),
    Tag(4, List(String("resourceNames"))),
    Tag(3, List(String("resources"))),
    Tag(1, Required(List(String("verbs")))),
};

constexpr Field kNonResourceRuleFields[] = {
    Tag(2, List(String("nonResourceURLs"))),
    Tag(1, Required(List(String("verbs")))),
};

constexpr Field kSelfSubjectRulesReviewSpecFields[] = {
    Tag(1, String("namespace")),
};

constexpr Field kSubjectRulesReviewStatusFields[] = {
    Tag(4, String("evaluationError")),
    Tag(3, Required(Bool("incomplete"))),
    Tag(2, Required(List(Struct("nonResourceRules", kNonResourceRule)))),
    Tag(1, Required(List(Struct("resourceRules", kResourceRule)))),
};

constexpr Field kSelfSubjectRulesReviewFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(2, Required(Struct("spec", kSelfSubjectRulesReviewSpec))),
    Tag(3, Struct("status", kSubjectRulesReviewStatus)),
};

constexpr Field kContainerMetricsFields[] = {
    Required(String("name")),
    Required(Map(Quantity("usage"))),
};

constexpr Field kPodMetricsFields[] = {
    String("apiVersion"),
    Said(Required(List(Struct("containers", kContainerMetrics))), "one entry a container"),
    String("kind"),
    Struct("metadata", kObjectMeta),
    Said(Required(Time("timestamp")), "the end of the time measured"),
    Said(Required(String("window")), "the length of the time measured"),
};

constexpr Field kNodeMetricsFields[] = {
    String("apiVersion"),
    String("kind"),
    Struct("metadata", kObjectMeta),
    Said(Required(Time("timestamp")), "the end of the time measured"),
    Said(Required(Map(Quantity("usage"))), "how much was used"),
    Said(Required(String("window")), "the length of the time measured"),
};

}  // namespace

constinit const StructType kListMeta{"ListMeta", kListMetaFields, "what all lists have"};
constinit const StructType kStatusCause{"StatusCause", kStatusCauseFields};
constinit const StructType kStatusDetails{"StatusDetails", kStatusDetailsFields};
constinit const StructType kStatus{"Status", kStatusFields, "how a request went"};
constinit const StructType kPreconditions{"Preconditions", kPreconditionsFields};
constinit const StructType kDeleteOptions{"DeleteOptions", kDeleteOptionsFields, "how an object is deleted"};
constinit const StructType kBinding{"Binding", kBindingFields, "places a pod on a node"};
constinit const StructType kScaleSpec{"ScaleSpec", kScaleSpecFields};
constinit const StructType kScaleStatus{"ScaleStatus", kScaleStatusFields};
constinit const StructType kScale{"Scale", kScaleFields, "the size of a set of pods"};
constinit const StructType kEviction{"Eviction", kEvictionFields, "asks a pod to leave its node"};
constinit const StructType kBoundObjectReference{"BoundObjectReference", kBoundObjectReferenceFields};
constinit const StructType kTokenRequestSpec{"TokenRequestSpec", kTokenRequestSpecFields};
constinit const StructType kTokenRequestStatus{"TokenRequestStatus", kTokenRequestStatusFields};
constinit const StructType kTokenRequest{"TokenRequest", kTokenRequestFields};
constinit const StructType kUserInfo{"UserInfo", kUserInfoFields};
constinit const StructType kTokenReviewSpec{"TokenReviewSpec", kTokenReviewSpecFields};
constinit const StructType kTokenReviewStatus{"TokenReviewStatus", kTokenReviewStatusFields};
constinit const StructType kTokenReview{"TokenReview", kTokenReviewFields, "whose token is that?"};
constinit const StructType kSelfSubjectReviewStatus{"SelfSubjectReviewStatus", kSelfSubjectReviewStatusFields};
constinit const StructType kSelfSubjectReview{"SelfSubjectReview", kSelfSubjectReviewFields, "who am I?"};
constinit const StructType kResourceAttributes{"ResourceAttributes", kResourceAttributesFields};
constinit const StructType kNonResourceAttributes{"NonResourceAttributes", kNonResourceAttributesFields};
constinit const StructType kSelfSubjectAccessReviewSpec{"SelfSubjectAccessReviewSpec",
                                                        kSelfSubjectAccessReviewSpecFields};
constinit const StructType kSubjectAccessReviewStatus{"SubjectAccessReviewStatus", kSubjectAccessReviewStatusFields};
constinit const StructType kSelfSubjectAccessReview{"SelfSubjectAccessReview", kSelfSubjectAccessReviewFields,
                                                    "may I?"};
constinit const StructType kSubjectAccessReviewSpec{"SubjectAccessReviewSpec", kSubjectAccessReviewSpecFields};
constinit const StructType kSubjectAccessReview{"SubjectAccessReview", kSubjectAccessReviewFields, "may that user?"};
constinit const StructType kLocalSubjectAccessReview{"LocalSubjectAccessReview", kSubjectAccessReviewFields,
                                                     "may that user, in this namespace?"};
constinit const StructType kResourceRule{"ResourceRule", kResourceRuleFields};
constinit const StructType kNonResourceRule{"NonResourceRule", kNonResourceRuleFields};
constinit const StructType kSelfSubjectRulesReviewSpec{"SelfSubjectRulesReviewSpec", kSelfSubjectRulesReviewSpecFields};
constinit const StructType kSubjectRulesReviewStatus{"SubjectRulesReviewStatus", kSubjectRulesReviewStatusFields};
constinit const StructType kSelfSubjectRulesReview{"SelfSubjectRulesReview", kSelfSubjectRulesReviewFields,
                                                   "what may I do?"};
constinit const StructType kContainerMetrics{"ContainerMetrics", kContainerMetricsFields};
constinit const StructType kPodMetrics{"PodMetrics", kPodMetricsFields, "what a pod used lately"};
constinit const StructType kNodeMetrics{"NodeMetrics", kNodeMetricsFields, "what a node used lately"};

}  // namespace ordinal::api::openapi

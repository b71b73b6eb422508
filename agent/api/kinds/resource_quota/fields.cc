#include "agent/api/kinds/resource_quota/fields.h"

#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kResourceQuotaFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kResourceQuotaSpec), "{}"), "what is wanted"),
    Tag(3, Default(Struct("status", kResourceQuotaStatus), "{}"), "what was last seen"),
};

constexpr Field kResourceQuotaSpecFields[] = {
    Tag(1, Map(Quantity("hard")),
        "the most that the namespace may have of each: requests.cpu, limits.memory, pods, requests.storage, "
        "count/deployments.apps, …"),
    Tag(3, Optional(Struct("scopeSelector", kScopeSelector)),
        "which objects are counted, like scopes, with values: all conditions have to hold"),
    Tag(2, Atomic(List(OneOf(String("scopes"), kQuotaScopes))),
        "which objects are counted, all of them when absent: Terminating, NotTerminating, BestEffort, NotBestEffort, "
        "PriorityClass, CrossNamespacePodAffinity, VolumeAttributesClass"),
};

constexpr Field kResourceQuotaStatusFields[] = {
    Tag(1, Map(Quantity("hard")), "what is kept to"),
    Tag(2, Map(Quantity("used")), "what there is of each"),
};

constexpr Field kScopeSelectorFields[] = {
    Tag(1, Atomic(List(Struct("matchExpressions", kScopedResourceSelectorRequirement))), "the conditions"),
};

constexpr Field kScopedResourceSelectorRequirementFields[] = {
    Tag(2, Required(OneOf(String("operator"), kScopeOperators)), "In, NotIn, Exists or DoesNotExist"),
    Tag(1, Required(OneOf(String("scopeName"), kQuotaScopes)), "the scope that the condition is about"),
    Tag(3, Atomic(List(String("values"))), "of In and NotIn: the names of classes"),
};

}  // namespace

constinit const StructType kResourceQuota{"ResourceQuota", kResourceQuotaFields,
                                          "how much all objects of a namespace may take together"};
constinit const StructType kResourceQuotaSpec{"ResourceQuotaSpec", kResourceQuotaSpecFields};
constinit const StructType kResourceQuotaStatus{"ResourceQuotaStatus", kResourceQuotaStatusFields};
constinit const StructType kScopeSelector{"ScopeSelector", kScopeSelectorFields, "", kAtomic};
constinit const StructType kScopedResourceSelectorRequirement{"ScopedResourceSelectorRequirement",
                                                              kScopedResourceSelectorRequirementFields};

}  // namespace ordinal::api::schema

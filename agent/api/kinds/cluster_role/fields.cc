#include "agent/api/kinds/cluster_role/fields.h"

#include "agent/api/kinds/role/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kClusterRoleFields[] = {
    Tag(3, Optional(Struct("aggregationRule", kAggregationRule)),
        "of which other roles its rules are made; what is written in them is replaced then"),
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(2, Atomic(List(Struct("rules", kPolicyRule))), "what it permits"),
};

constexpr Field kAggregationRuleFields[] = {
    Tag(1, Atomic(List(Struct("clusterRoleSelectors", kLabelSelector))), "whose labels match one of these"),
};

}  // namespace

constinit const StructType kClusterRole{"ClusterRole", kClusterRoleFields,
                                        "rights everywhere, or where a binding of a namespace gives them"};
constinit const StructType kAggregationRule{"AggregationRule", kAggregationRuleFields,
                                            "which roles one is put together of"};

}  // namespace ordinal::api::schema

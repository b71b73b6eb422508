#include "agent/api/kinds/cluster_role_binding/fields.h"

#include "agent/api/kinds/role_binding/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kClusterRoleBindingFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(3, Listed(Struct("roleRef", kRoleRef)), "the ClusterRole that is given; it cannot be changed"),
    Tag(2, Atomic(List(Struct("subjects", kAccessSubject))), "who is given the role, everywhere"),
};

}  // namespace

constinit const StructType kClusterRoleBinding{"ClusterRoleBinding", kClusterRoleBindingFields,
                                               "gives a role's rights everywhere"};

}  // namespace ordinal::api::schema

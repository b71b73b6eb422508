#include "agent/api/kinds/role_binding/fields.h"

#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kRoleBindingFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(3, Listed(Struct("roleRef", kRoleRef)), "the role that is given; it cannot be changed"),
    Tag(2, Atomic(List(Struct("subjects", kAccessSubject))), "who is given the role, in this namespace"),
};

constexpr Field kRoleRefFields[] = {
    Tag(1, Listed(String("apiGroup")), "rbac.authorization.k8s.io"),
    Tag(2, Listed(String("kind")), "Role or ClusterRole"),
    Tag(3, Listed(String("name"))),
};

constexpr Field kAccessSubjectFields[] = {
    Tag(2, String("apiGroup"), "rbac.authorization.k8s.io for users and groups, empty for service accounts"),
    Tag(1, Listed(String("kind")), "User, Group or ServiceAccount"),
    Tag(3, Listed(String("name"))),
    Tag(4, String("namespace"), "of a service account"),
};

}  // namespace

constinit const StructType kRoleBinding{"RoleBinding", kRoleBindingFields, "gives a role's rights in a namespace"};
constinit const StructType kRoleRef{"RoleRef", kRoleRefFields, "names a role", kAtomic};
constinit const StructType kAccessSubject{"Subject", kAccessSubjectFields, "somebody who is given a role", kAtomic};

}  // namespace ordinal::api::schema

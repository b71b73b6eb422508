#include "agent/api/kinds/cluster_role_binding/view.h"

namespace ordinal::api {

ClusterRoleBinding ClusterRoleBinding::From(const Object& object) {
  return {object, RoleRef::From(object.body()), ReadSubjects(object.body())};
}

}  // namespace ordinal::api

#include "agent/api/kinds/role_binding/view.h"

namespace ordinal::api {

RoleBinding RoleBinding::From(const Object& object) {
  return {object, RoleRef::From(object.body()), ReadSubjects(object.body())};
}

}  // namespace ordinal::api

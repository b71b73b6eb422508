#include "agent/api/kinds/role/view.h"

namespace ordinal::api {

Role Role::From(const Object& object) { return {object, ReadRules(object.body())}; }

}  // namespace ordinal::api

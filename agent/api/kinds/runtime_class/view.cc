#include "agent/api/kinds/runtime_class/view.h"

#include "agent/api/read.h"

namespace ordinal::api {

RuntimeClass RuntimeClass::From(const Object& object) {
  return {object, ReadMeta(object.body()), ReadString(object.body(), "handler")};
}

}  // namespace ordinal::api

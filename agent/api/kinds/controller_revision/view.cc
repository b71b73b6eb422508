#include "agent/api/kinds/controller_revision/view.h"

#include "agent/api/read.h"

namespace ordinal::api {

ControllerRevision ControllerRevision::From(const Object& object) {
  ControllerRevision revision;
  revision.object = object;
  revision.meta = ReadMeta(object.body());
  revision.revision = ReadInt(object.body(), "revision");
  return revision;
}

}  // namespace ordinal::api

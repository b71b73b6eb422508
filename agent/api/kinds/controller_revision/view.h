// Typed view of a ControllerRevision (apps/v1).
#pragma once

#include "agent/api/object.h"

namespace ordinal::api {

struct ControllerRevision {
  static constexpr char kKind[] = "ControllerRevision";

  Object object;
  Meta meta;
  int64_t revision = 0;
  /// What was kept; good as Object::body() says.
  const Json& data() const { return Member(object.body(), "data"); }
  static ControllerRevision From(const Object& object);
};

}  // namespace ordinal::api

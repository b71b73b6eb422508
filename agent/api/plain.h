// The view of kinds that nobody here reads more of than their document.
#pragma once

#include "agent/api/object.h"

namespace ordinal::api {

struct Plain {
  Object object;
  static Plain From(const Object& object) { return {object}; }
};

}  // namespace ordinal::api

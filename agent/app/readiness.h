// Which parts of the agent are ready, as /readyz, `ordinald status` and the Node object say it. Pure. Part of the
// composition root.
#pragma once

#include <string>

#include "agent/api/object.h"

namespace ordinal {

struct Standing {
  std::string store_trouble = {};  ///< why the store cannot be written; empty when it can
  bool runtime_followed = false, names_published = false, manifests_read = false, roles_read = false;
  std::string waiting_for = {};  ///< Boot::waiting_for()
};

/// {part: true | "why not"}
api::Json ReadinessOf(const Standing& standing);

/// "part: why not; …" of those that are not; empty when all are.
std::string WhyNotReady(const api::Json& readiness);

}  // namespace ordinal

#include "agent/store/volatile_kinds.h"

#include "agent/api/kind.h"

namespace ordinal::store {

std::vector<std::string> VolatileKinds() {
  std::vector<std::string> kinds;
  for (const api::KindInfo* kind : api::AllKinds()) {
    if (!kind->durable) kinds.emplace_back(kind->kind);
  }
  return kinds;
}

}  // namespace ordinal::store

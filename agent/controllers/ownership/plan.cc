#include "agent/controllers/ownership/plan.h"

#include <algorithm>

namespace ordinal::controllers::ownership {

bool Orphaned(const api::Meta& dependent, const FindOwner& find_owner) {
  if (dependent.deleting() || dependent.owners.empty()) return false;
  return std::all_of(dependent.owners.begin(), dependent.owners.end(), [&](const api::OwnerReference& owner) {
    return find_owner(dependent.ns, owner) == OwnerState::kAbsent;
  });
}

}  // namespace ordinal::controllers::ownership

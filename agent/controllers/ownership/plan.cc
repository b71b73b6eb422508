#include "agent/controllers/ownership/plan.h"

#include <algorithm>

namespace ordinal::controllers::ownership {

bool HasFinalizer(const api::Meta& meta, std::string_view finalizer) {
  return std::find(meta.finalizers.begin(), meta.finalizers.end(), finalizer) != meta.finalizers.end();
}

bool Waits(const api::Meta& owner) { return owner.deleting() && HasFinalizer(owner, kForeground); }

bool Blocks(const api::Meta& dependent, const std::string& owner_uid) {
  return std::any_of(dependent.owners.begin(), dependent.owners.end(), [&](const api::OwnerReference& owner) {
    return owner.uid == owner_uid && owner.block_owner_deletion;
  });
}

Verdict Judge(const api::Meta& dependent, const FindOwner& find_owner, bool has_dependents) {
  if (dependent.deleting() || dependent.owners.empty()) return {};
  bool kept = false, waiting = false;
  std::vector<std::string> gone;
  for (const api::OwnerReference& owner : dependent.owners) {
    const OwnerState state = find_owner(dependent.ns, owner);
    if (state == OwnerState::kPresent || state == OwnerState::kUnknown) {
      kept = true;
    } else {
      gone.push_back(owner.uid);
    }
    waiting = waiting || state == OwnerState::kWaiting;
  }
  if (gone.empty()) return {};
  if (kept) return {Verdict::Kind::kForget, std::move(gone)};
  if (waiting && has_dependents) return {Verdict::Kind::kDeleteForeground, {}};
  return {Verdict::Kind::kDelete, {}};
}

}  // namespace ordinal::controllers::ownership

#include "agent/controllers/ownership/plan.h"

#include <algorithm>
#include <set>

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

bool WaitsInACircle(const std::string& uid, const FindBlockers& find_blockers) {
  bool circle = false;
  std::set<std::string> seen{uid};
  std::vector<std::string> open{uid};
  while (!open.empty()) {
    const std::string next = std::move(open.back());
    open.pop_back();
    const std::vector<Blocker> blockers = find_blockers(next);
    if (blockers.empty()) return false;  // it goes by itself, and with it perhaps what held the circle together
    for (const Blocker& blocker : blockers) {
      if (!blocker.waits) return false;
      circle = circle || blocker.uid == uid;
      if (seen.insert(blocker.uid).second) open.push_back(blocker.uid);
    }
  }
  return circle;
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

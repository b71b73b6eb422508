// What happens to an object whose owners went or are going. Pure.
// (pkg/controller/garbagecollector/garbagecollector.go)
//
//   background   the owner goes at once, then what it owned
//   foreground   the owner is marked and keeps the finalizer "foregroundDeletion" until what it owned is gone
//   orphan       the owner is marked and keeps the finalizer "orphan" until what it owned forgot it
//
// Owners may stand in a circle, a owns b, b owns c, c owns a. When all of them wait for what they own, none would ever
// go: the one that finds itself in such a circle waits no longer, and the others follow.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::controllers::ownership {

// metav1.FinalizerDeleteDependents, metav1.FinalizerOrphanDependents.
inline constexpr char kForeground[] = "foregroundDeletion";
inline constexpr char kOrphan[] = "orphan";

/// What is known of an owner.
enum class OwnerState {
  kPresent,  ///< an object of that kind, name and uid exists
  kAbsent,   ///< there is none
  kUnknown,  ///< its kind is not watched here
  kWaiting,  ///< it is being deleted and waits for what it owns
};
using FindOwner = std::function<OwnerState(const std::string& ns, const api::OwnerReference& owner)>;

struct Verdict {
  enum class Kind {
    kKeep,
    kForget,           ///< keep it, and drop `forget` from its owners: others still own it
    kDelete,           ///< in the background
    kDeleteForeground  ///< what it owns first: its own owner waits for all of it
  };
  Kind kind = Kind::kKeep;
  std::vector<std::string> forget;  ///< uids of owners
};

/// An object without owners never goes; one with an owner that is present or unknown stays; one that is being deleted
/// already needs no second push. `has_dependents`: it owns something itself.
Verdict Judge(const api::Meta& dependent, const FindOwner& find_owner, bool has_dependents);

bool HasFinalizer(const api::Meta& meta, std::string_view finalizer);
/// It is being deleted and waits for what it owns.
bool Waits(const api::Meta& owner);
/// An object that keeps an owner from going.
struct Blocker {
  std::string uid;
  bool waits = false;  ///< it is being deleted and waits for what it owns itself
};
/// Those of the owner with that uid.
using FindBlockers = std::function<std::vector<Blocker>(const std::string& uid)>;

/// Whether the owner waits for itself: all it waits for, near and far, waits in turn, and none of that can go first.
bool WaitsInACircle(const std::string& uid, const FindBlockers& find_blockers);

/// `dependent` keeps an owner with `owner_uid` that is deleted in the foreground from going.
bool Blocks(const api::Meta& dependent, const std::string& owner_uid);

}  // namespace ordinal::controllers::ownership

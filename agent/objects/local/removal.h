// What deleting an object amounts to (registry/rest/delete.go, the pod's strategy):
//   - a pod with a node is marked (deletionTimestamp = now + grace, deletionGracePeriodSeconds) and stays until the
//   node
//     deletes it with grace 0; deleting again may only shorten the grace;
//   - an object with finalizers is marked and goes when the last finalizer does;
//   - a namespace is marked, is Terminating, and goes when its spec.finalizers are gone too;
//   - everything else goes at once.
// Pure.
#pragma once

#include "agent/objects/objects.h"

namespace ordinal::objects {

inline constexpr std::string_view kForegroundFinalizer = "foregroundDeletion";
inline constexpr std::string_view kOrphanFinalizer = "orphan";

struct Removal {
  enum class Kind {
    kGone,    ///< remove it now
    kMarked,  ///< write `body`: it waits for its node or its finalizers
    kWaits    ///< it is marked already and nothing changes
  };
  Kind kind = Kind::kGone;
  Json body;
};

Removal PlanRemoval(const Object& object, std::optional<int64_t> grace_seconds, Propagation propagation, WallTime now);

/// Whether writing `body` over `old` ends a deletion: marked, no grace left, the last finalizer gone.
bool EndsDeletion(const Object& old, const Json& body);

}  // namespace ordinal::objects

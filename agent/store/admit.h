// Admission: what the Door adds to, keeps in and refuses of a document that was decoded and validated. Pure: `now`
// and new uids are parameters. The rules are those of the Kubernetes API server (registry/rest/create.go,
// update.go, delete.go; the strategies of each kind).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/api/kind.h"
#include "agent/store/object_store.h"

namespace ordinal::store {

using api::FieldError;
using api::KindInfo;

/// `Pod "x" is invalid` and every fault on a line of its own, as one kInvalid error.
Error InvalidError(const std::string& summary, const std::vector<FieldError>& faults);

/// Completes a new object: default namespace, uid, creationTimestamp, generation, the kind's first status and its
/// protection finalizer. What only the system may set is overwritten.
void AdmitNew(const KindInfo& kind, std::string uid, WallTime now, Json& body);

/// Keeps in `body`, the wanted state of `old`, what a writer may not change: identity, creation and deletion; counts
/// the generation. With `keep_status` the status stays as it was. Returns the faults of the change.
std::vector<FieldError> AdmitChange(const KindInfo& kind, const Object& old, bool keep_status, Json& body);

/// The kinds that need not outlive the process (KindInfo::durable): what a store may keep in memory only.
std::vector<std::string> VolatileKinds();

/// Makes `to[name]` what `from[name]` is: the value, or absent.
void Carry(const Json& from, const char* name, Json& to);

/// Whether writing `body` over `old` ends a deletion: marked, no grace left, the last finalizer gone.
bool EndsDeletion(const Object& old, const Json& body);

/// What deleting an object amounts to.
struct Removal {
  enum class Kind {
    kGone,    ///< remove it now
    kMarked,  ///< write `body`: it waits for its node or its finalizers
    kWaits    ///< it is marked already and nothing changes
  };
  Kind kind = Kind::kGone;
  Json body;
};

/// What becomes of the objects that `object` owns (metav1.DeletionPropagation).
enum class Propagation {
  kBackground,  ///< they go after it
  kForeground,  ///< they go before it: it waits with the finalizer foregroundDeletion
  kOrphan,      ///< they stay and lose their owner: it waits with the finalizer orphan
};
inline constexpr std::string_view kForegroundFinalizer = "foregroundDeletion";
inline constexpr std::string_view kOrphanFinalizer = "orphan";

Removal PlanRemoval(const Object& object, std::optional<int64_t> grace_seconds, Propagation propagation, WallTime now);

}  // namespace ordinal::store

// What to do about a StatefulSet, decided from what is seen. Pure: objects and `now` in, actions out.
//
// One pass looks at the wanted ordinals from the lowest to the highest, then at the excess pods from the highest to
// the lowest, then at pods of an old revision from the highest to the lowest. With OrderedReady the pass ends at the
// first pod that has to be waited for, so it creates or deletes at most one pod:
//
//   ordinal   0        1        2        3 (excess)
//   seen      ready    ready    missing  ready
//   pass                        create ─ ends here
//
// With Parallel nothing waits but updates.
//
// Everything may be decided on an old view: creating a name that exists is refused by the store, and deletions name
// the uid they mean.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "agent/api/pod.h"
#include "agent/api/stateful_set.h"
#include "agent/controllers/recorder.h"
#include "agent/controllers/statefulset/revisions.h"

namespace ordinal::controllers::statefulset {

struct Observed {
  api::StatefulSet set;
  std::vector<api::Pod> pods;                      ///< the set's own
  std::vector<api::ControllerRevision> revisions;  ///< the set's own
  std::map<std::string, api::Meta> claims;         ///< claims of the namespace that bear one of the set's names
  std::set<std::string> taken;                     ///< pod names that other pods of the namespace hold
  WallTime now;
};

/// Creates the claims that are missing, then the pod. `claims` alone when the pod exists but lost one.
struct CreatePod {
  int64_t ordinal = 0;
  std::vector<api::Json> claims;
  std::optional<api::Json> pod;
};

struct DeletePod {
  std::string name, uid;
  /// An event to say before, when the deletion is not simply a scale-down or an update.
  Severity severity = Severity::kNormal;
  std::string reason, message;
};

/// Puts identity labels back that were taken off a pod.
struct RepairPod {
  std::string name, uid;
  api::StringMap labels;
};

/// Sets the owners of a claim as spec.persistentVolumeClaimRetentionPolicy asks.
struct SetClaimOwners {
  std::string name, uid;
  api::Json owners;
};

using PodAction = std::variant<CreatePod, DeletePod, RepairPod>;

struct Plan {
  Revisions revisions;                       ///< first: the revision to create or renumber
  std::vector<SetClaimOwners> claim_owners;  ///< then these, before any pod goes
  std::vector<PodAction> pods;               ///< then these; they concern different ordinals and may run together
  std::vector<std::string> surplus_revisions;
  api::Json status;
  std::optional<Duration> look_again;  ///< a pod becomes available then without any event
  std::string obstacle;                ///< why the next ordinal cannot be created; empty when it can
};

Plan MakePlan(const Observed& seen);

}  // namespace ordinal::controllers::statefulset

// What to do about a StatefulSet, decided from what is seen. Pure: objects and `now` in, actions out.
//
// One pass looks at the wanted ordinals from the lowest to the highest, then at the excess pods from the highest to
// the lowest, then at pods of an old revision from the highest to the lowest. With OrderedReady the pass ends at the
// first pod that has to be waited for, so it creates or deletes at most one pod, but for an update, which takes down as
// many as maxUnavailable allows:
//
//   ordinal   0        1        2        3 (excess)
//   seen      ready    ready    missing  ready
//   pass                        create ─ ends here
//
// With Parallel nothing waits but updates; pods that could never be placed are not created (pod_room.h). The work and
// memory of a pass depend on the pods there are and on the room for more, never on spec.replicas. A pod that is not
// ready and of a revision that its ordinal does not belong to is replaced as the ordinals are kept: it may be the
// broken template that makes it so, and waiting would be for ever. A ready one goes only when the images of its
// successor are on this host, and when the pods of the new revision that nobody probes have stayed up for a moment
// (settling.h). A pod that failed as the one before it did stays for a while before it is made again (failures.h).
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

#include "agent/api/kinds/controller_revision/view.h"
#include "agent/api/kinds/persistent_volume_claim/view.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/api/kinds/stateful_set/view.h"
#include "agent/api/ref.h"
#include "agent/controllers/failure_row.h"
#include "agent/controllers/pod_room.h"
#include "agent/controllers/settling.h"
#include "agent/controllers/statefulset/image_state.h"
#include "agent/controllers/statefulset/revisions.h"
#include "agent/controllers/statefulset/wait.h"
#include "agent/events/event.h"

namespace ordinal::controllers::statefulset {

/// At most so many pods are created in one pass, as of a ReplicaSet.
inline constexpr int64_t kBurst = 500;

struct Observed {
  api::StatefulSet set;
  api::Refs<api::Pod> pods;                      ///< the set's own
  api::Refs<api::ControllerRevision> revisions;  ///< the set's own
  std::map<std::string, api::Ref<api::PersistentVolumeClaim>>
      claims;                        ///< of the namespace, that bear one of the set's names
  std::set<std::string> taken;       ///< pod names that other pods of the namespace hold
  std::optional<ImageState> images;  ///< of the update's template; absent: nobody asked yet
  Settling settling;                 ///< of the update's pods
  ReadySince ready_since;            ///< of the set's own pods
  WallTime now;
  int64_t pod_capacity = kDefaultPodCapacity;  ///< what the node takes
  std::map<int64_t, FailureRow> failures;      ///< by ordinal, of those whose pods failed lately
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
  events::Severity severity = events::Severity::kNormal;
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

/// Raises spec.resources.requests.storage of a claim to its template's.
struct GrowClaim {
  std::string name, uid, storage;
};

using PodAction = std::variant<CreatePod, DeletePod, RepairPod>;

struct Plan {
  Revisions revisions;                       ///< first: the revision to create or renumber
  std::vector<SetClaimOwners> claim_owners;  ///< then these, before any pod goes
  std::vector<PodAction> pods;               ///< then these; they concern different ordinals and may run together
  std::vector<GrowClaim> grow_claims;        ///< with them: no pod waits for it
  std::vector<std::string> surplus_revisions;
  api::Json status;
  std::optional<Duration> look_again;  ///< something changes then without any event
  std::optional<Wait> in_the_way;      ///< what keeps the set from going on, as the condition says
  /// Whether pods go depends on Observed::images, which are not known: ask, and plan again.
  bool needs_images = false;
};

Plan MakePlan(const Observed& seen);

}  // namespace ordinal::controllers::statefulset

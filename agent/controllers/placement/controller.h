// The placement controller: gives every pod without a node this node, as soon as its claims are bound and it fits, and
// drives away what a NoExecute taint does not tolerate. A pod that does not fit stays Pending, with the reasons in its
// condition PodScheduled and in an event, and is looked at again whenever something that counts changes. One that may
// preempt others has pods of lower priority deleted, and is nominated: until they have left nobody less important takes
// the room.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/controllers/context.h"
#include "agent/controllers/placement/fit.h"
#include "agent/controllers/placement/plan.h"
#include "agent/controllers/placement/preemption.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::placement {

/// A claim that was created together with its pod is bound a few milliseconds later. The pod is not called
/// unschedulable before this has passed: it would be one more write in the path of every start.
inline constexpr Duration kPatience = std::chrono::milliseconds(250);

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them. No pod is given one of `own_ports`.
  Controller(Context context, objects::Caches& caches, std::vector<api::TakenPort> own_ports = {});
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  using Pod = api::Ref<api::Pod>;

  void OnPod(const objects::Change<api::Pod>& change);
  void OnClaim(const api::Meta& claim);
  void OnNode(const objects::Change<api::Node>& change);
  void LookAgain();
  void SeeNode(const api::Node* node);
  Surroundings Around(const api::Pod& pod, const Neighbours& others) const;
  std::string Misfit(const std::string& key, const api::Pod& pod) const;
  /// What is on the node, and what is nominated for it and no less important than `priority`.
  Neighbours WithNominated(const std::string& key, int64_t priority) const;
  std::vector<Resident> Lower(int64_t priority) const;
  Task<Status> Sync(std::string key);
  Task<Status> Bind(std::string key, Pod pod);
  /// `fits_not`: for what is on the node, and not for its claims.
  Task<Status> Wait(std::string key, Pod pod, std::string message, bool fits_not);
  /// The pod as it is, while it waits for a node; none when it is gone, going, over or placed.
  Pod Unplaced(const std::string& key, const std::string& uid) const;
  Task<Status> Preempt(std::string key, Pod pod);
  /// Says in the pod's status for which node it is nominated; empty: for none.
  Task<Status> Nominate(std::string key, Pod pod, std::string node);
  bool MustLeave(const std::string& key, const api::Pod& pod, const api::Pod& victim,
                 std::set<std::string>& leaving) const;
  Task<Status> MakeRoom(Pod victim, std::string preemptor_uid);
  Task<Status> Evict(std::string key, Pod pod);

  struct Waiting {
    std::string uid;
    SteadyTime since;
    std::string said;
    int64_t priority = 0;
  };
  struct Leaving {
    std::string uid;
    SteadyTime due;
  };

  Context context_;
  objects::Cache<api::Pod>& pods_;
  objects::Cache<api::PersistentVolumeClaim>& claims_;
  objects::Cache<api::PersistentVolume>& volumes_;
  objects::Cache<api::Node>& nodes_;
  objects::Cache<api::Plain>& namespaces_;
  objects::Cache<api::PodDisruptionBudget>& budgets_;
  const objects::Index<api::Pod>& pods_by_claim_;
  const std::vector<api::TakenPort> own_ports_;
  NodeView here_;
  WorkQueue queue_;
  std::map<std::string, Waiting> waiting_;  // by key
  std::map<std::string, Leaving> leaving_;  // by key: placed pods that a taint will drive away
  /// What is on the node, and what is being given to it: of two pods that are placed at once each counts the other.
  Neighbours neighbours_;
  std::map<std::string, Footprint> nominated_;  // by key: what is to have the room that others leave
};

}  // namespace ordinal::controllers::placement

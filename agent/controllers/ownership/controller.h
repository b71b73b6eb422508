// The ownership controller: what becomes of objects whose owners go. The pods and revisions of a deleted StatefulSet,
// the slices of a deleted Service, the claims that a retention policy gave to a pod or a set; and the owners that wait
// with a finalizer until what they own is gone, or forgot them.
//
// Deleting is final, so nothing is decided on caches alone: the owners and the dependent are read afresh, and the
// deletion names the uid and revision that were read.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/controllers/context.h"
#include "agent/controllers/ownership/plan.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::ownership {

/// How long an owner waits before it is looked at again, while not every cache has its first list.
inline constexpr Duration kUntilAllKnown = std::chrono::seconds(1);

class Controller {
 public:
  /// By kind: of every kind that can be deleted in the foreground or orphaned. An owner whose kind is not among them
  /// counts as present; an owner waits only for objects of these.
  using Kinds = std::map<std::string, objects::AnyCache*>;

  /// Adds its handlers to the caches of all kinds there are: build it before they run. It outlives them.
  Controller(Context context, objects::Caches& caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  void OnChange(const api::Object& old, const api::Object& now);
  void Forget(const api::Object& object);
  void OnOwners(const api::ObjectKey& key, const api::Meta& meta);
  void AddDependents(const std::string& owner_uid);
  OwnerState Seen(const std::string& ns, const api::OwnerReference& owner) const;
  Task<Status> Sync(std::string key);
  Task<Result<OwnerState>> Read(std::string ns, api::OwnerReference owner);
  Task<Status> JudgeOne(api::Object dependent);
  Task<Status> Delete(api::Object dependent, bool foreground);

  /// What `owner` owns: those that the caches show, as the store has them.
  Task<Result<std::vector<api::Object>>> Owned(api::Object owner);
  Task<Status> Orphan(api::Object owner);
  Task<Status> WaitForOwned(api::Object owner);
  std::vector<Blocker> BlockersOf(const std::string& owner_uid) const;
  bool KnowsAll() const;
  bool Follows(const std::string& ns, const api::OwnerReference& owner) const;

  Context context_;
  objects::Caches& caches_;
  Kinds kinds_;
  WorkQueue queue_;
  std::map<std::string, std::set<api::ObjectKey>> dependents_;  // by the owner's uid
};

}  // namespace ordinal::controllers::ownership

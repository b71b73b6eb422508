// The ownership controller: deletes, in the background, objects whose owners are gone: the pods and revisions of a
// deleted StatefulSet, the slices of a deleted Service, the claims that a retention policy gave to a pod or a set.
//
// Deleting is final, so nothing is decided on caches alone: the owners and the dependent are read afresh, and the
// deletion names the uid and revision that were read.
#pragma once

#include <map>
#include <set>
#include <string>

#include "agent/controllers/context.h"
#include "agent/controllers/ownership/plan.h"
#include "agent/controllers/workqueue.h"
#include "agent/store/cache.h"

namespace ordinal::controllers::ownership {

class Controller {
 public:
  /// By kind. An owner whose kind is not among them counts as present.
  using Caches = std::map<std::string, store::Cache*>;

  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, Caches caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  void OnChange(const store::WatchEvent& event);
  OwnerState Seen(const std::string& ns, const api::OwnerReference& owner) const;
  Task<Status> Sync(std::string key);
  Task<Result<OwnerState>> Read(std::string ns, api::OwnerReference owner);

  Context context_;
  Caches caches_;
  WorkQueue queue_;
  std::map<std::string, std::set<api::ObjectKey>> dependents_;  // by the owner's uid
};

}  // namespace ordinal::controllers::ownership

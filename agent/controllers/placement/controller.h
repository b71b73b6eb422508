// The placement controller: gives every pod without a node this node, as soon as its claims are bound.
#pragma once

#include <map>
#include <string>

#include "agent/controllers/context.h"
#include "agent/controllers/placement/plan.h"
#include "agent/controllers/workqueue.h"
#include "agent/store/cache.h"

namespace ordinal::controllers::placement {

/// A claim that was created together with its pod is bound a few milliseconds later. The pod is not called
/// unschedulable before this has passed: it would be one more write in the path of every start.
inline constexpr Duration kPatience = std::chrono::milliseconds(250);

class Controller {
 public:
  struct Caches {
    store::Cache& pods;    ///< Pod
    store::Cache& claims;  ///< PersistentVolumeClaim
  };

  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, Caches caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  void OnClaim(const store::WatchEvent& event);
  Task<Status> Sync(std::string key);
  Task<Status> Bind(api::Object pod);
  Task<Status> Wait(std::string key, api::Object pod, std::string message);

  struct Waiting {
    std::string uid;
    SteadyTime since;
    std::string said;
  };

  Context context_;
  Caches caches_;
  WorkQueue queue_;
  std::map<std::string, Waiting> waiting_;  // by key
};

}  // namespace ordinal::controllers::placement

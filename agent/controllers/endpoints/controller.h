// The endpoints controller: keeps the EndpointSlices and the Endpoints object of every service that has a selector.
// One service is one key; any change of a pod looks at the services that select it, before or after the change.
#pragma once

#include <map>
#include <string>

#include "agent/controllers/context.h"
#include "agent/controllers/endpoints/plan.h"
#include "agent/controllers/workqueue.h"
#include "agent/store/cache.h"

namespace ordinal::controllers::endpoints {

class Controller {
 public:
  struct Caches {
    store::Cache& services;   ///< Service
    store::Cache& pods;       ///< Pod
    store::Cache& slices;     ///< EndpointSlice
    store::Cache& endpoints;  ///< Endpoints
  };

  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, Caches caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  void OnPod(const store::WatchEvent& event);
  void OnSlice(const store::WatchEvent& event);
  Observed Observe(const api::Service& service) const;
  void Remember(const api::Object& slice);
  Task<Status> Sync(std::string key);
  Task<Status> WriteSlices(Plan plan);
  Task<Status> WriteEndpoints(const Observed& seen);
  /// The Endpoints object goes with its service, which does not own it.
  Task<Status> RemoveEndpoints(std::string ns, std::string name);

  Context context_;
  Caches caches_;
  WorkQueue queue_;
  /// Slices written here that the cache does not show yet. Without them a second look would create a slice twice,
  /// because their names are generated.
  std::map<api::ObjectKey, api::Object> ahead_;
  uint64_t seen_revision_ = 0;  ///< of the last slice event
};

}  // namespace ordinal::controllers::endpoints

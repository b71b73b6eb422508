// The endpoints controller: keeps the EndpointSlices and the Endpoints object of every service that has a selector.
// One service is one key; any change of a pod looks at the services that select it, before or after the change.
#pragma once

#include <string>

#include "agent/controllers/context.h"
#include "agent/controllers/endpoints/plan.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::endpoints {

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, objects::Caches& caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  void OnPod(const objects::Change<api::Pod>& change);
  void OnSlice(const objects::Change<api::EndpointSlice>& change);
  Observed Observe(const api::Service& service) const;
  Task<Status> Sync(std::string key);
  Task<Status> WriteSlices(Plan plan);
  Task<Status> WriteEndpoints(const Observed& seen);
  /// The Endpoints object goes with its service, which does not own it.
  Task<Status> RemoveEndpoints(std::string ns, std::string name);

  Context context_;
  objects::Cache<api::Service>& services_;
  objects::Cache<api::Pod>& pods_;
  objects::Cache<api::EndpointSlice>& slices_;
  objects::Cache<api::Plain>& endpoints_;
  const objects::Index<api::Service>& services_by_selector_;
  const objects::Index<api::Pod>& pods_by_label_;
  const objects::Index<api::EndpointSlice>& slices_by_service_;
  WorkQueue queue_;
};

}  // namespace ordinal::controllers::endpoints

// Keeps the rules of roles that gather others' (aggregationRule): whatever changes in one of these is in them soon. One
// gathering role is one key.
#pragma once

#include <string>

#include "agent/api/kinds/cluster_role/view.h"
#include "agent/controllers/context.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::roles {

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, objects::Caches& caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the cache, then works for ever.
  Task<void> Run();

 private:
  Task<Status> Sync(std::string name);

  Context context_;
  objects::Cache<api::ClusterRole>& roles_;
  const objects::Index<api::ClusterRole>& gathering_;
  WorkQueue queue_;
};

}  // namespace ordinal::controllers::roles

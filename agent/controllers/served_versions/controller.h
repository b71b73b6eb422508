// Keeps the APIServices of what this API serves itself (plan.h), and the condition Available of all that it serves.
#pragma once

#include <string>

#include "agent/controllers/context.h"
#include "agent/controllers/served_versions/plan.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::served_versions {

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, objects::Caches& caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  Task<Status> Sync();
  Task<Status> CarryOut(Action action);
  Task<Status> SayAvailable();

  Context context_;
  objects::Cache<api::Plain>& services_;
  objects::Cache<api::Plain>& definitions_;
  Memory memory_;
  WorkQueue queue_;
};

}  // namespace ordinal::controllers::served_versions

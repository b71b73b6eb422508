// Keeps the default FlowSchemas and PriorityLevelConfigurations (plan.h). What is deleted is made again at once; what
// is changed is put right a minute later, as in the reference, so that nobody who insists is fought with.
#pragma once

#include <string>

#include "agent/controllers/context.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::flow_control {

/// From a change to the look at it.
inline constexpr Duration kUntilPutRight = std::chrono::minutes(1);

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, objects::Caches& caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  void OnChange(const objects::Change<api::Plain>& change);
  Task<Status> Sync(std::string key);

  Context context_;
  objects::Cache<api::Plain>&schemas_, &levels_;
  WorkQueue queue_;
};

}  // namespace ordinal::controllers::flow_control

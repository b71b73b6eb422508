// Makes the service "kubernetes" and its endpoints, and makes them again when somebody deletes or changes them, or the
// address of the API is another one.
#pragma once

#include <functional>
#include <string>

#include "agent/controllers/api_service/documents.h"
#include "agent/controllers/context.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::api_service {

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them. `address` is asked at every look, of
  /// which there is one a minute.
  Controller(Context context, objects::Caches& caches, std::function<Address()> address);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  Task<Status> Sync(std::string key);
  Task<Status> Make(api::Json wanted);

  Context context_;
  objects::Cache<api::Plain>& namespaces_;
  std::function<Address()> address_;
  WorkQueue queue_;
};

}  // namespace ordinal::controllers::api_service

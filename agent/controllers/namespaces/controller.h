// The namespace controller: empties a namespace that is being deleted, then takes its finalizer "kubernetes" off, with
// which the namespace goes (Kubernetes: pkg/controller/namespace).
#pragma once

#include <string>

#include "agent/controllers/context.h"
#include "agent/controllers/workqueue.h"
#include "agent/store/cache.h"

namespace ordinal::controllers::namespaces {

class Controller {
 public:
  /// Adds its handler to the cache of namespaces: build it before that runs. It outlives the cache.
  Controller(Context context, store::Cache& namespaces);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the cache, then works for ever.
  Task<void> Run();

 private:
  Task<Status> Sync(std::string name);
  struct Contents {
    size_t seen = 0, lingering = 0;  ///< objects; of these those that did not go at once
  };
  /// Deletes what is in the namespace.
  Task<Result<Contents>> Empty(std::string name);

  Context context_;
  store::Cache& namespaces_;
  WorkQueue queue_;
};

}  // namespace ordinal::controllers::namespaces

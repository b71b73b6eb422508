// The namespace controller: empties a namespace that is being deleted, its pods before anything else, then takes its
// finalizer "kubernetes" off, with which the namespace goes (Kubernetes: pkg/controller/namespace). What is left after
// two looks is looked at again a second later, and ever more seldom while it stays the same; the namespace's conditions
// name it.
#pragma once

#include <map>
#include <string>

#include "agent/controllers/context.h"
#include "agent/controllers/namespaces/contents.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::namespaces {

class Controller {
 public:
  /// Adds its handler to the cache of namespaces: build it before that runs. It outlives the cache.
  Controller(Context context, objects::Caches& caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the cache, then works for ever.
  Task<void> Run();

 private:
  Task<Status> Sync(std::string name);
  /// Deletes what is in the namespace: pods, and everything else when none is left. An error when it cannot be listed.
  Task<Result<Contents>> Empty(std::string name);
  /// Deletes what is there of one kind, and adds it to `contents`.
  Task<Status> EmptyOf(const api::KindInfo& kind, std::string name, Contents& contents);
  Task<Status> RemoveOne(const api::KindInfo& kind, const api::Object& object, Contents& contents);
  /// Says in `ns` what is left, and comes back.
  Task<Status> WaitFor(api::Object ns, Contents contents);

  /// Of a namespace that is waited for.
  struct Waiting {
    Contents contents;
    Duration pause{};  ///< until the next look
  };

  Context context_;
  objects::Cache<api::Plain>& namespaces_;
  WorkQueue queue_;
  std::map<std::string, Waiting> waiting_;  ///< by name
};

}  // namespace ordinal::controllers::namespaces

// The DaemonSet controller: watches sets, their pods and revisions, and the node, and carries out what plan.h decides.
#pragma once

#include <string>

#include "agent/controllers/context.h"
#include "agent/controllers/daemonset/backoff.h"
#include "agent/controllers/daemonset/plan.h"
#include "agent/controllers/freed_ports.h"
#include "agent/controllers/history.h"
#include "agent/controllers/ready_times.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::daemonset {

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, objects::Caches& caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  void OnFreed(const HostPorts& freed);
  void OnDependent(const api::Meta& before, const api::Meta& now, bool deleted);
  void OnNode(const objects::Change<api::Node>& change);
  Task<Status> Sync(std::string key);
  /// Adopts and releases, then looks at what is the set's own.
  Task<Result<Observed>> Observe(const std::string& key, const api::DaemonSet& set);
  Task<Status> Execute(std::string key, const Observed& seen, Plan plan);
  Task<Status> CreatePod(const api::DaemonSet& set, std::string hash);
  /// Whether it was deleted; false when it was gone before.
  Task<Result<bool>> RemovePod(const api::DaemonSet& set, DeletePod pod);

  Context context_;
  objects::Cache<api::DaemonSet>& sets_;
  objects::Cache<api::Pod>& pods_;
  objects::Cache<api::Node>& nodes_;
  const objects::Index<api::Pod>& pods_by_controller_;
  History history_;
  ReadyTimes ready_times_;
  WorkQueue queue_;
  Backoff backoff_;
};

}  // namespace ordinal::controllers::daemonset

// NodeObject: this host in the store, for `kubectl get nodes` and whoever asks what a node has, and its heartbeat as a
// kubelet's: the Node every five minutes or when it changes, its Lease in kube-node-lease every ten seconds. Heartbeats
// cost no disk write (OnlyHeartbeat, KindInfo::durable).
#pragma once

#include <functional>

#include "agent/base/task.h"
#include "agent/node/node_status.h"
#include "agent/objects/objects.h"

namespace ordinal::node {

class NodeObject {
 public:
  /// `look` tells what the host is like now; it is asked every `period`.
  using Look = std::function<Task<NodeFacts>()>;
  NodeObject(Clock& clock, objects::Objects& client, Look look, Duration period = std::chrono::seconds(10));

  /// Creates or takes over the Node of this name, and keeps its status, for ever.
  Task<void> Run();
  /// Once.
  Task<Status> Write();

 private:
  Task<Status> Renew(api::Object node);

  Clock& clock_;
  objects::Objects& client_;
  Look look_;
  const Duration period_;
};

}  // namespace ordinal::node

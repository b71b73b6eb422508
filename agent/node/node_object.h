// NodeObject: this host in the store, for `kubectl get nodes` and whoever asks what a node has. Written when it
// changes, and never otherwise: nobody but this agent waits for its heartbeat.
#pragma once

#include <functional>

#include "agent/base/task.h"
#include "agent/node/node_status.h"
#include "agent/store/door.h"

namespace ordinal::node {

class NodeObject {
 public:
  /// `look` tells what the host is like now; it is asked every `period`.
  using Look = std::function<Task<NodeFacts>()>;
  NodeObject(Clock& clock, store::Door& door, Look look, Duration period = std::chrono::seconds(10));

  /// Creates or takes over the Node of this name, and keeps its status, for ever.
  Task<void> Run();
  /// Once.
  Task<Status> Write();

 private:
  Clock& clock_;
  store::Door& door_;
  Look look_;
  const Duration period_;
};

}  // namespace ordinal::node

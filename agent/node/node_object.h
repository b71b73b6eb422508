// NodeObject: this host in the store, for `kubectl get nodes` and whoever asks what a node has, and its heartbeat as a
// kubelet's: the Node every five minutes or when it changes, its Lease in kube-node-lease every ten seconds. Heartbeats
// cost no disk write (OnlyHeartbeat, KindInfo::durable).
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "agent/base/signal.h"
#include "agent/base/task.h"
#include "agent/node/node_status.h"
#include "agent/objects/objects.h"

namespace ordinal::node {

class NodeObject {
 public:
  /// `look` tells what the host is like now; it is asked every `period`.
  using Look = std::function<Task<NodeFacts>()>;
  /// `latest` puts in what has to be shown at once: pressures, and a shutdown. It is asked right before each write.
  using Latest = std::function<void(NodeFacts& facts)>;
  /// Told of a pressure that begins or is over, by the reason of its event, when the node's status shows it.
  using Say = std::function<void(const std::string& reason)>;
  NodeObject(Clock& clock, objects::Objects& client, Look look, Latest latest = nullptr, Say say = nullptr,
             Duration period = std::chrono::seconds(10));

  /// Creates or takes over the Node of this name, and keeps its status, for ever.
  Task<void> Run();
  /// Once, now: what there is when it is called is written when it returns. One write at a time: all who ask while one
  /// is under way share the next.
  Task<Status> Write();

 private:
  Task<Status> WriteOnce();
  Task<Status> Renew(api::Object node);
  Task<Status> Taint(api::Object node, const NodeFacts& looked);
  NodeFacts Now(const NodeFacts& looked) const;

  Clock& clock_;
  objects::Objects& client_;
  Look look_;
  Latest latest_;
  Say say_;
  const Duration period_;
  bool writing_ = false;
  std::vector<std::shared_ptr<Signal>> waiting_;  ///< for the next write
  Status last_;                                   ///< of the last write
};

}  // namespace ordinal::node

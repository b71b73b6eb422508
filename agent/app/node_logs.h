// NodeLogs: /containerLogs/<namespace>/<pod>/<container> of the node's own API: the log of a container of this node,
// with the options of pods/log, which answers it (apiserver/streams/logs.h). Part of the composition root. Source:
// Kubernetes pkg/kubelet/server/server.go, getContainerLogs.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "agent/apiserver/streams/logs.h"

namespace ordinal {

class NodeLogs {
 public:
  /// `node` is this node's name.
  NodeLogs(store::ObjectReader& store, BlockingPool& pool, Clock& clock, Layout layout, std::string node)
      : store_(store), node_(std::move(node)), logs_(store, pool, clock, std::move(layout)) {}

  /// Control thread; this outlives the streams it answers with. Failures are texts: 404 for a pod or a container that
  /// is not here, else the code that pods/log has for them.
  Task<http::Response> Get(std::shared_ptr<const http::Request> request);

 private:
  store::ObjectReader& store_;
  const std::string node_;
  apiserver::streams::Logs logs_;
};

}  // namespace ordinal

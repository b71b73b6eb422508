// GET of metrics.k8s.io/v1beta1, for `kubectl top`: nodes, nodes/<name>, pods, namespaces/<ns>/pods[/<name>]. Lists
// take labelSelector. Control thread; an answer may take a second, the time that is measured.
#pragma once

#include <functional>
#include <memory>

#include "agent/api/object.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::streams {

/// A JSON array of items with metadata, by namespace and name (metrics/source.h).
using MeasureAll = std::function<Task<Result<api::Json>>()>;

class Metrics {
 public:
  Metrics(MeasureAll pods, MeasureAll nodes) : pods_(std::move(pods)), nodes_(std::move(nodes)) {}

  /// A Handler for everything below /apis/metrics.k8s.io/v1beta1/.
  Task<http::Response> Get(std::shared_ptr<const http::Request> request);

 private:
  MeasureAll pods_, nodes_;
};

}  // namespace ordinal::apiserver::streams

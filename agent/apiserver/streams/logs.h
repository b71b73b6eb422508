// GET /api/v1/namespaces/<ns>/pods/<name>/log: what a container wrote, from its log files.
//
// Control thread; files are read on the pool. Errors as the reference's: 404 for the pod, 400 for the container and
// for one that never ran, 422 for options.
#pragma once

#include <memory>
#include <string>

#include "agent/base/blocking_pool.h"
#include "agent/base/layout.h"
#include "agent/http/message.h"
#include "agent/store/object_store.h"

namespace ordinal::apiserver::streams {

class Logs {
 public:
  Logs(store::ObjectReader& store, BlockingPool& pool, Clock& clock, Layout layout)
      : store_(store), pool_(pool), clock_(clock), layout_(std::move(layout)) {}

  /// A Handler for that path. This must outlive the streams it answers with.
  Task<http::Response> Get(std::shared_ptr<const http::Request> request);

 private:
  store::ObjectReader& store_;
  BlockingPool& pool_;
  Clock& clock_;
  const Layout layout_;
};

}  // namespace ordinal::apiserver::streams

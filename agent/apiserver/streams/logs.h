// GET /api/v1/namespaces/<ns>/pods/<name>/log: what a container wrote, from its log files.
//
// Control thread; files are read on the pool. Errors as the reference's: 404 for the pod, 400 for the container and
// for one that never ran, 422 for options.
#pragma once

#include <memory>
#include <string>

#include "agent/base/blocking_pool.h"
#include "agent/http/message.h"
#include "agent/store/object_store.h"

namespace ordinal::apiserver::streams {

class Logs {
 public:
  /// `log_dir` is the root of all pods' logs, "/var/log/pods".
  Logs(store::ObjectReader& store, BlockingPool& pool, Clock& clock, std::string log_dir)
      : store_(store), pool_(pool), clock_(clock), log_dir_(std::move(log_dir)) {}

  /// A Handler for that path. This must outlive the streams it answers with.
  Task<http::Response> Get(std::shared_ptr<const http::Request> request);

 private:
  store::ObjectReader& store_;
  BlockingPool& pool_;
  Clock& clock_;
  const std::string log_dir_;
};

}  // namespace ordinal::apiserver::streams

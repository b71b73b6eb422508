// ApiHandlers: what the node's own API answers (docs/node-api.md). Control thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "agent/api/object.h"
#include "agent/base/clock.h"
#include "agent/base/histogram.h"
#include "agent/node/api/access.h"

namespace ordinal::node {

/// Where answers come from.
struct ApiSources {
  using Text = std::function<Task<Result<std::string>>()>;
  Text metrics, cadvisor, probes, resource;                                    ///< in the text format of Prometheus
  std::string metrics_type;                                                    ///< its media type
  std::function<Task<Result<std::string>>(bool only_cpu_and_memory)> summary;  ///< JSON
  Text pods;                                                                   ///< a PodList in JSON
  std::function<api::Json()> health;                                           ///< of health.h
  std::function<api::Json()> settings;                                         ///< a kubelet's configuration
  /// The log of a container; its path is /containerLogs/<namespace>/<pod>/<container>.
  std::function<Task<http::Response>(std::shared_ptr<const http::Request>)> logs;
};

/// The requests for one path so far, by any way in.
struct Asked {
  Histogram took;
  uint64_t under_way = 0;
};

class ApiHandlers {
 public:
  ApiHandlers(ApiSources sources, Clock& clock) : sources_(std::move(sources)), clock_(clock) {}

  /// Answers a request whose caller may ask. No more than kMostAtOnce measurements are made at once, and as many of
  /// those that ask the runtime, which keep nobody from the others: who comes then gets 429. What is only told (pods,
  /// probes, health) is not bounded so.
  Task<http::Response> Handle(std::shared_ptr<const http::Request> request);

  /// By method and path ("GET", "metrics/resource"). What this API does not know is counted as "other".
  const std::map<std::pair<std::string, std::string>, Asked>& asked() const { return asked_; }

  static constexpr int kMostAtOnce = 4;

 private:
  Task<http::Response> Answer(std::shared_ptr<const http::Request> request, const std::string& path);
  Task<http::Response> Measured(Task<Result<std::string>> measure, std::string type, int& under_way);
  Task<http::Response> Told(Task<Result<std::string>> tell, std::string type);
  http::Response Health(const http::Request& request, const std::string& path) const;

  const ApiSources sources_;
  Clock& clock_;
  std::map<std::pair<std::string, std::string>, Asked> asked_;
  int of_host_ = 0, of_runtime_ = 0;  ///< measurements under way: of the host alone, and those that ask the runtime
};

/// The request behind /api/v1/nodes/<name>/proxy of the Kubernetes API, as it would have come here.
std::shared_ptr<const http::Request> BehindProxy(const http::Request& request);

}  // namespace ordinal::node

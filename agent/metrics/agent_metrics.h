// /metrics: what the agent counts of its own work, under the names of a kubelet where they mean the same (Kubernetes:
// pkg/kubelet/metrics/metrics.go; docs/node-api.md says which do). And /metrics/probes (pkg/kubelet/prober). Pure.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/histogram.h"
#include "agent/metrics/host.h"
#include "agent/metrics/pods.h"
#include "cri/call_counts.h"

namespace ordinal::metrics {

/// Requests of the node's own API, by what was asked: "GET", "metrics/resource".
struct RequestCount {
  Histogram took;
  uint64_t under_way = 0;
};
using RequestCounts = std::map<std::pair<std::string, std::string>, RequestCount>;

struct Starts {
  uint64_t tried = 0, failed = 0;
};

/// What stood at one moment; copies, so that it can be written out on any thread.
struct AgentFigures {
  std::string node;
  bool unified_cgroups = false;
  size_t desired_pods = 0, active_pods = 0;  ///< those that name this node, and those of them that are not over
  size_t running_pods = 0;                   ///< those with a sandbox that runs
  std::map<std::string, size_t> containers;  ///< by state: "running", "exited", "created", "unknown"
  Starts containers_started, init_containers_started;
  Histogram pod_start, create, update, sync;  ///< as podsync counts them
  Histogram relist, relist_interval;
  WallTime last_relist{};  ///< epoch: there was none
  std::vector<cri::CallCount> calls;
  RequestCounts requests;
};

std::string AgentMetrics(const AgentFigures& figures, const ProcessUse& process, const std::vector<PodUse>& pods);

struct ProbeFigures {
  std::string ns, pod, uid, container;
  std::string kind;  ///< "Liveness", "Readiness", "Startup"
  uint64_t passed = 0, failed = 0, unknown = 0;
  Histogram took;
};
std::string ProbeMetrics(const std::vector<ProbeFigures>& probes);

}  // namespace ordinal::metrics

// /stats/summary: the document of stats.k8s.io/v1alpha1 (Kubernetes: k8s.io/kubelet/pkg/apis/stats/v1alpha1/types.go;
// recorded: golden/04-api/kubelet-stats-summary.json). Pure. What was not measured is left out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/api/object.h"
#include "agent/metrics/cadvisor_metrics.h"
#include "agent/metrics/host.h"
#include "agent/metrics/pods.h"

namespace ordinal::metrics {

/// Counters of processor time at one moment, by cgroup; "/" is the node.
struct CpuCounter {
  SteadyTime at{};
  uint64_t nanoseconds = 0;
};
using CpuCounters = std::map<std::string, CpuCounter>;

CpuCounters CountersOf(const HostUse& host, const std::vector<PodUse>& pods);

/// A file system of the node: the one of the state directory, that of images, that of containers.
struct NodeDisks {
  std::optional<FilesystemUse> node, images;
  uint64_t images_bytes = 0;  ///< what images take of theirs
};

struct SummarySubject {
  std::string node;
  HostUse host;
  std::vector<PodUse> pods;
  CpuCounters before;  ///< for rates; what it lacks has none
  WrittenById written;
  NodeDisks disks;
};

/// `only_cpu_and_memory`: nothing else of node, pods and containers.
api::Json Summary(const SummarySubject& subject, bool only_cpu_and_memory);

}  // namespace ordinal::metrics

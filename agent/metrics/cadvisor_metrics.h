// /metrics/cadvisor: the same cgroups in the names of cAdvisor (github.com/google/cadvisor metrics/prometheus.go),
// which dashboards of clusters are made of. A pod has the labels container, image and name empty; its sandbox, which
// holds its network, has its id as name. Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/metrics/host.h"
#include "agent/metrics/pods.h"

namespace ordinal::metrics {

/// What the runtime says a container wrote over its image.
struct WrittenUse {
  uint64_t bytes = 0, inodes = 0;
};
using WrittenById = std::map<std::string, WrittenUse>;

struct CadvisorSubject {
  const HostUse& host;
  const Machine& machine;
  const std::vector<PodUse>& pods;
  const WrittenById& written;   ///< by container id
  bool runtime_answers = true;  ///< false: what only it knows is left out
};
std::string CadvisorMetrics(const CadvisorSubject& subject);

}  // namespace ordinal::metrics

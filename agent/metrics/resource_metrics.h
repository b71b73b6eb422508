// /metrics/resource: processor, memory and swap of the node, its pods and their containers, as metrics-server scrapes
// them (Kubernetes: pkg/kubelet/metrics/collectors/resource_metrics.go). Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/metrics/host.h"
#include "agent/metrics/pods.h"

namespace ordinal::metrics {

/// `host` absent: it could not be measured.
std::string ResourceMetrics(const std::optional<HostUse>& host, const std::vector<PodUse>& pods);

}  // namespace ordinal::metrics

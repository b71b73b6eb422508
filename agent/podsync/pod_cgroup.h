// What is written to a pod's own cgroup: its part of the processors and the bounds of all its containers together.
// Numbers: Kubernetes pkg/kubelet/cm/helpers_linux.go (ResourceConfigForPod). Calls that take a `root`
// (/sys/fs/cgroup: v1, hybrid or pure v2) block for a moment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/api/kinds/pod/view.h"
#include "agent/base/result.h"

namespace ordinal::podsync {

inline constexpr int64_t kNoLimit = -1;

struct PodLimits {
  int64_t cpu_shares = 2;
  int64_t cpu_quota = kNoLimit;  ///< microseconds in a period of 100 ms
  int64_t memory = kNoLimit;     ///< bytes

  bool operator==(const PodLimits&) const = default;
};

/// A pod has a limit where it has one as a whole, or each of its containers has one; its overhead is added. Pure.
PodLimits PodLimitsOf(const api::PodSpec& spec);

/// What of the limits is written: those that give more than the cgroup has, before its containers get more; or all,
/// after they got less.
enum class LimitsPart { kMore, kAll };

/// Writes them to the pod's cgroup `parent` (resources.h, CgroupParent). kNotFound when there is none; otherwise the
/// first error, as of a kernel that refuses less memory than is used; what follows is written nevertheless.
Status WritePodLimits(const std::string& root, const std::string& parent, const PodLimits& limits, LimitsPart part);

/// kInternal where kAll would give the pod's cgroup less memory than it uses now, or nobody knows what it uses
/// (pkg/kubelet/kuberuntime, validateMemoryResizeAction). Without a cgroup there is nothing to say.
Status CheckPodMemory(const std::string& root, const std::string& parent, const PodLimits& limits);

/// Gives the cgroup that holds `parent`, of the pods of one class of service, its part of the processors: to BestEffort
/// pods the least there is, to Burstable ones what they request together, `burstable_milli` thousandths
/// (pkg/kubelet/cm/qos_container_manager_linux.go). Guaranteed pods lie in none.
Status WriteClassShares(const std::string& root, const std::string& parent, int64_t burstable_milli);

/// Bytes of memory that the container `id` uses in the pod's cgroup `parent`; absent where that cannot be read.
std::optional<int64_t> MemoryUsedBy(const std::string& root, const std::string& parent, const std::string& id);

}  // namespace ordinal::podsync

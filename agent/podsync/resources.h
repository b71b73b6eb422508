// Processor, memory and OOM settings of containers, and where a pod's cgroup lies. Pure.
// Numbers: Kubernetes pkg/kubelet/cm/helpers_linux.go, pkg/kubelet/qos/policy.go,
// pkg/kubelet/kuberuntime/kuberuntime_container_linux.go (memory.high, swap).
#pragma once

#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "cri/runtime.h"

namespace ordinal::podsync {

/// What of the host the numbers depend on.
struct MemoryFacts {
  int64_t capacity = 0;                 ///< of the node, in bytes
  int64_t swap = 0;                     ///< of the node, in bytes
  bool limited_swap = false;            ///< containers may use swap, in proportion to their requests
  bool unified = false;                 ///< the cgroups are version 2
  std::vector<int64_t> hugepages = {};  ///< sizes of the host's huge pages, in bytes
};

/// CRI resources of one container.
cri::Resources ContainerResources(const api::PodSpec& spec, const api::Container& container, const MemoryFacts& node);

/// Whether the container may use swap: of a Burstable pod that is not critical, where the node has LimitedSwap and
/// cgroup v2. What the container itself asks for and is limited to counts for that, and for how much; of the pod as a
/// whole only its class does (pkg/kubelet/kuberuntime, GetContainerSwapBehavior).
bool MaySwap(const api::PodSpec& spec, const api::Container& container, const MemoryFacts& node);

/// Whether a container that may swap, before or after, is to have other memory without a restart: a resize that is not
/// supported (pkg/kubelet/allocation, disallowResizeForSwappableContainers). Both are of one pod.
bool ResizesWhatSwaps(const api::PodSpec& now, const api::PodSpec& before, const MemoryFacts& node);

/// cpu.shares of a request, microseconds per 100 ms of a limit, in thousandths of a processor; and the cpu.weight of
/// cgroup v2 for shares.
int64_t CpuShares(int64_t milli);
int64_t CpuQuota(int64_t milli);
int64_t CpuWeight(int64_t shares);

/// What the pod takes beyond its containers (spec.overhead), for the runtime, as requests and limits both:
/// kuberuntime_sandbox_linux.go.
cri::Resources OverheadResources(const api::PodSpec& spec);

/// The cgroup parent CRI is given: "/kubepods/besteffort/pod<uid>" (cgroupfs driver), or
/// "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod<uid with _>.slice" (systemd driver).
std::string CgroupParent(const api::PodSpec& spec, const std::string& uid, bool systemd_cgroup);

/// limits.<resource> or requests.<resource> of a container for env valueFrom.resourceFieldRef, divided by
/// `divisor` ("" = 1) and rounded up; a missing limit reads as the node's capacity.
Result<std::string> ResourceFieldValue(const api::Container& container, const std::string& resource,
                                       const std::string& divisor, int64_t memory_capacity, int64_t cpu_capacity_milli);

}  // namespace ordinal::podsync

// Processor, memory and OOM settings of containers, and where a pod's cgroup lies. Pure.
// Numbers: Kubernetes pkg/kubelet/cm/helpers_linux.go, pkg/kubelet/qos/policy.go.
#pragma once

#include <string>

#include "agent/api/kinds/pod/view.h"
#include "cri/runtime.h"

namespace ordinal::podsync {

/// CRI resources of one container. `memory_capacity` is the node's, in bytes.
cri::Resources ContainerResources(const api::PodSpec& spec, const api::Container& container, int64_t memory_capacity);

/// The cgroup parent CRI is given: "/kubepods/besteffort/pod<uid>" (cgroupfs driver), or
/// "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod<uid with _>.slice" (systemd driver).
std::string CgroupParent(const api::PodSpec& spec, const std::string& uid, bool systemd_cgroup);

/// limits.<resource> or requests.<resource> of a container for env valueFrom.resourceFieldRef, divided by
/// `divisor` ("" = 1) and rounded up; a missing limit reads as the node's capacity.
Result<std::string> ResourceFieldValue(const api::Container& container, const std::string& resource,
                                       const std::string& divisor, int64_t memory_capacity, int64_t cpu_capacity_milli);

}  // namespace ordinal::podsync

// The CRI configuration of a pod's sandbox and containers. Pure.
// Recorded counterpart: tests/data/podsync/security-and-env.* (what a kubelet sent for the same pod).
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/host_ports.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/base/layout.h"
#include "agent/observe/pod_state.h"
#include "agent/podsync/backoff.h"
#include "agent/podsync/env.h"
#include "agent/podsync/name_files.h"

namespace ordinal::podsync {

/// What is the same for every pod of this node.
struct NodeFacts {
  std::string node_name;
  bool systemd_cgroup = false;
  int64_t memory_capacity = 0;  ///< bytes
  int64_t cpu_capacity_milli = 0;
  std::vector<std::string> host_ips;
  std::string cgroup_root = "/sys/fs/cgroup";
  BackoffLimits restart_backoff = kRestartBackoff;
  int64_t pod_pids_limit = -1;            ///< processes and threads in one pod at most; < 0: as many as the host allows
  std::vector<api::TakenPort> own_ports;  ///< where the agent itself listens: no pod gets them
  DnsSettings dns;
};

/// The grace that a pod's sandbox or container was made with: its own, or core/v1's 30 s where that cannot be read.
std::chrono::seconds GraceOf(const cri::StringMap& annotations);

cri::SandboxConfig MakeSandboxConfig(const api::Pod& pod, const NodeFacts& node, const Layout& layout,
                                     uint32_t attempt);

/// What is known when a container is made.
struct ContainerFacts {
  bool init = false;
  size_t index = 0;
  uint32_t attempt = 0;
  cri::Image image;
  EnvFacts env;
  std::vector<cri::Mount> mounts;  ///< volumes, /etc/hosts, termination log
};

/// Errors carry the reason CreateContainerConfigError.
Result<cri::ContainerConfig> MakeContainerConfig(const api::Pod& pod, const NodeFacts& node,
                                                 const ContainerFacts& facts);

}  // namespace ordinal::podsync

// The CRI configuration of a pod's sandbox and containers. Pure.
// Recorded counterpart: tests/data/podsync/security-and-env.* (what a kubelet sent for the same pod).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/host_ports.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/base/layout.h"
#include "agent/observe/pod_state.h"
#include "agent/podsync/allocation.h"
#include "agent/podsync/backoff.h"
#include "agent/podsync/env.h"
#include "agent/podsync/name_files.h"
#include "agent/podsync/resources.h"
#include "agent/podsync/runtime_features.h"

namespace ordinal::podsync {

/// What is the same for every pod of this node.
struct NodeFacts {
  std::string node_name;
  bool systemd_cgroup = false;
  int64_t memory_capacity = 0;  ///< bytes
  int64_t cpu_capacity_milli = 0;
  int64_t swap_capacity = 0;            ///< bytes
  bool limited_swap = false;            ///< --swap-behavior LimitedSwap
  bool unified_cgroups = false;         ///< cgroup v2
  std::vector<int64_t> hugepages = {};  ///< sizes of the host's huge pages, in bytes
  std::vector<std::string> host_ips;
  std::string cgroup_root = "/sys/fs/cgroup";
  BackoffLimits restart_backoff = kRestartBackoff;
  int64_t pod_pids_limit = -1;            ///< processes and threads in one pod at most; < 0: as many as the host allows
  std::vector<api::TakenPort> own_ports;  ///< where the agent itself listens: no pod gets them
  /// Where the node's own API listens: no pod that begins gets them, and who has begun keeps what he has.
  std::vector<api::TakenPort> node_api_ports = {};
  DnsSettings dns;
  /// Where pods, and those in the host's network, reach the API of this node; empty: nowhere.
  std::string api_host, api_host_of_host_network, api_port;
  RuntimeFeatures runtime;
  std::vector<std::string> allowed_unsafe_sysctls;  ///< patterns (sysctls.h)
  std::string seccomp_profiles;                     ///< the directory of profiles that pods name
};

/// The grace that a pod's sandbox or container was made with: its own, or core/v1's 30 s where that cannot be read.
std::chrono::seconds GraceOf(const cri::StringMap& annotations);

/// Without what has to be asked for or kept: the runtime's handler, the ids of a user namespace.
cri::SandboxConfig MakeSandboxConfig(const api::Pod& pod, const NodeFacts& node, const Layout& layout,
                                     uint32_t attempt);

/// What is known when a container is made.
struct ContainerFacts {
  bool init = false;
  size_t index = 0;
  uint32_t attempt = 0;
  bool ephemeral = false;
  uint32_t round = 0;              ///< rounds.h
  std::optional<uint32_t> streak;  ///< restarts in a row, for its backoff; absent: as many as `attempt`
  std::string target_id;           ///< of an ephemeral container: whose processes it sees; empty: its own
  cri::Image image;
  EnvFacts env;
  std::vector<cri::Mount> mounts;          ///< volumes, /etc/hosts, termination log
  std::optional<cri::IdRange> users = {};  ///< of the pod's user namespace
  Portion given;                           ///< its limits and requests and its pod's, as text
};

MemoryFacts MemoryFactsOf(const NodeFacts& node);

/// Errors carry the reason CreateContainerConfigError.
Result<cri::ContainerConfig> MakeContainerConfig(const api::Pod& pod, const NodeFacts& node,
                                                 const ContainerFacts& facts);

}  // namespace ordinal::podsync

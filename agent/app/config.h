// The agent's settings: defaults, /etc/ordinald/config.yaml, flags; the later wins.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/result.h"
#include "agent/node/pressure/threshold.h"
#include "agent/node/shutdown/flags.h"

namespace ordinal {

/// Values of --restart-backoff: from 1 s to 60 s, and as a kubelet has it.
inline constexpr char kQuickRestarts[] = "quick", kKubernetesRestarts[] = "kubernetes";

/// Values of --swap-behavior, as a kubelet has them.
inline constexpr char kNoSwap[] = "NoSwap", kLimitedSwap[] = "LimitedSwap";
/// Value of --node-api-listen.
inline constexpr char kNoNodeApi[] = "off";

struct Config {
  std::string manifest_dir = "/etc/ordinald/manifests";
  std::string state_dir = "/var/lib/ordinald";
  std::string volumes_dir;  ///< empty: <state-dir>/volumes
  std::string run_dir = "/run/ordinald";
  std::string runtime_endpoint = "unix:///run/containerd/containerd.sock";
  std::string node_name;  ///< empty: the host's name in lower case
  std::string cluster_domain = "cluster.local";
  std::string pod_cidr = "10.244.0.0/24";
  std::vector<std::string> api_listen = {"127.0.0.1:6443"};
  std::string authentication_config;  ///< file of an AuthenticationConfiguration; empty: none
  std::vector<std::string> dns_listen = {"169.254.20.10:53"};
  std::string node_api_listen;  ///< empty: port 10250 of every address; kNoNodeApi: nowhere
  std::string dns_link = "ordinal-dns";
  std::string bridge = "ordinal0";
  std::string log_dir = "/var/log/pods";
  std::string container_log_dir = "/var/log/containers";
  std::string container_log_max_size = "10Mi";  ///< a quantity: LogLimitsOf()
  int64_t container_log_max_files = 5;
  int64_t autoscaling_sync_period = 15;                         ///< seconds
  double update_settle_first = 1, update_settle_others = 0.25;  ///< seconds
  std::string restart_backoff = kQuickRestarts;
  std::string swap_behavior = kNoSwap;
  std::string log_level = "info";
  int64_t pod_pids_limit = 0;  ///< processes in one pod; 0: a quarter of what the host allows, -1: no limit
  std::vector<std::string> allowed_unsafe_sysctls = {};  ///< patterns (podsync/sysctls.h)
  int max_parallel_image_pulls = 5;
  int image_gc_high = 85, image_gc_low = 80;  ///< percent of the disk; 100 and more for high: never
  node::EvictionFlags eviction;
  node::ShutdownFlags shutdown;
  int oom_score_adj = -999;
  int64_t image_minimum_gc_age = 120, image_maximum_gc_age = 0, image_gc_period = 300;  ///< seconds; maximum 0: none
};

/// What the command line asks for.
struct Command {
  enum class Kind { kRun, kGet, kStatus, kDown, kKubeconfig, kExit };
  Kind kind = Kind::kRun;
  int exit_code = 0;  ///< kExit: help, version, or a wrong command line (already printed)
  std::string resource, name, ns = "default", output;
  bool all_namespaces = false;
  // kKubeconfig
  std::string role = "admin";
  std::optional<std::string> user;  ///< absent: the role's
  std::vector<std::string> groups;
  std::string duration = "24h";  ///< of the user's certificate
};

/// Reads the command line and the configuration file. Prints help, version and errors itself.
Command ParseCommandLine(int argc, char** argv, Config& config);

}  // namespace ordinal

// Typed view of a pod's status (core/v1 PodStatus): what the node says of a pod, and what the controllers read of it.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::api {

struct Condition {
  std::string type, status, reason, message;
  std::optional<WallTime> last_transition;
  int64_t observed_generation = 0;
};

struct WaitingState {
  std::string reason, message;
};
struct RunningState {
  std::optional<WallTime> started_at;
};
struct TerminatedState {
  int32_t exit_code = 0;
  std::string reason, message, container_id;
  std::optional<WallTime> started_at, finished_at;
};
/// std::monostate: nothing is said, `{}`.
using ContainerState = std::variant<std::monostate, WaitingState, RunningState, TerminatedState>;

struct VolumeMountStatus {
  std::string name, mount_path;
  bool read_only = false, recursive_read_only = false;
};

struct ContainerStatus {
  std::string name, image, image_id, container_id;
  ContainerState state, last_state;
  bool ready = false, started = false;
  int64_t restart_count = 0;
  std::vector<VolumeMountStatus> volume_mounts;
  StringMap allocated;         ///< allocatedResources: requests, as the spec writes them
  StringMap limits, requests;  ///< resources: what it runs with
};

struct PodStatus {
  std::string phase, reason, message, qos_class;
  std::string pod_ip;  ///< The first of pod_ips.
  std::vector<std::string> host_ips, pod_ips;
  std::vector<Condition> conditions;
  std::optional<WallTime> start_time;
  std::vector<ContainerStatus> container_statuses, init_container_statuses, ephemeral_container_statuses;
  int64_t observed_generation = 0;
  /// Of the pod as a whole, where its spec has resources as such: allocatedResources, and resources, what its own
  /// cgroup was made to have.
  StringMap allocated, limits, requests;

  /// Phase Succeeded or Failed.
  bool Terminal() const { return phase == "Succeeded" || phase == "Failed"; }
  const Condition* FindCondition(std::string_view type) const;
};

/// Reads a PodStatus document; what is missing or malformed is left out.
PodStatus ReadPodStatus(const Json& status);

}  // namespace ordinal::api

#include "agent/status/document.h"

namespace ordinal::status {
namespace {

using api::Json;

void PutText(Json& to, const char* member, const std::string& text) {
  if (!text.empty()) to[member] = text;
}

void PutTime(Json& to, const char* member, const std::optional<WallTime>& time) {
  if (time) to[member] = FormatTime(*time);
}

Json DocumentOf(const api::Condition& condition) {
  Json out{{"type", condition.type}, {"status", condition.status}, {"lastProbeTime", nullptr}};
  PutTime(out, "lastTransitionTime", condition.last_transition);
  PutText(out, "reason", condition.reason);
  PutText(out, "message", condition.message);
  if (condition.observed_generation > 0) out["observedGeneration"] = condition.observed_generation;
  return out;
}

struct StateDocument {
  Json operator()(std::monostate) const { return Json::object(); }
  Json operator()(const api::WaitingState& state) const {
    Json out{{"reason", state.reason}};
    PutText(out, "message", state.message);
    return {{"waiting", std::move(out)}};
  }
  Json operator()(const api::RunningState& state) const {
    Json out = Json::object();
    PutTime(out, "startedAt", state.started_at);
    return {{"running", std::move(out)}};
  }
  Json operator()(const api::TerminatedState& state) const {
    Json out{{"exitCode", state.exit_code}, {"reason", state.reason}, {"containerID", state.container_id}};
    PutTime(out, "startedAt", state.started_at);
    PutTime(out, "finishedAt", state.finished_at);
    PutText(out, "message", state.message);
    return {{"terminated", std::move(out)}};
  }
};

Json DocumentOf(const api::VolumeMountStatus& mount) {
  Json out{{"name", mount.name}, {"mountPath", mount.mount_path}};
  if (mount.read_only) {
    out["readOnly"] = true;
    out["recursiveReadOnly"] = mount.recursive_read_only ? "Enabled" : "Disabled";
  }
  return out;
}

/// Of a container, or of a pod as a whole.
template <class T>
void PutResources(Json& to, const T& status) {
  if (!status.allocated.empty()) to["allocatedResources"] = status.allocated;
  if (!status.limits.empty()) to["resources"]["limits"] = status.limits;
  if (!status.requests.empty()) to["resources"]["requests"] = status.requests;
}

Json DocumentOf(const api::ContainerStatus& status) {
  Json out{{"name", status.name},
           {"state", std::visit(StateDocument(), status.state)},
           {"lastState", std::visit(StateDocument(), status.last_state)},
           {"ready", status.ready},
           {"restartCount", status.restart_count},
           {"image", status.image},
           {"imageID", status.image_id},
           {"started", status.started}};
  PutText(out, "containerID", status.container_id);
  for (const api::VolumeMountStatus& mount : status.volume_mounts) out["volumeMounts"].push_back(DocumentOf(mount));
  PutResources(out, status);
  return out;
}

void PutAddresses(Json& to, const char* first, const char* all, const std::vector<std::string>& addresses) {
  if (addresses.empty()) return;
  to[first] = addresses.front();
  for (const std::string& address : addresses) to[all].push_back({{"ip", address}});
}

void PutContainers(Json& to, const char* member, const std::vector<api::ContainerStatus>& statuses) {
  for (const api::ContainerStatus& status : statuses) to[member].push_back(DocumentOf(status));
}

/// They have no startup probe that could have passed.
void PutEphemeralContainers(Json& to, const std::vector<api::ContainerStatus>& statuses) {
  PutContainers(to, "ephemeralContainerStatuses", statuses);
  if (statuses.empty()) return;
  for (Json& each : to["ephemeralContainerStatuses"]) each.erase("started");
}

}  // namespace

Json DocumentOf(const api::PodStatus& status) {
  Json out{{"phase", status.phase}};
  PutText(out, "reason", status.reason);
  PutText(out, "message", status.message);
  PutText(out, "qosClass", status.qos_class);
  for (const api::Condition& condition : status.conditions) out["conditions"].push_back(DocumentOf(condition));
  PutAddresses(out, "hostIP", "hostIPs", status.host_ips);
  PutAddresses(out, "podIP", "podIPs", status.pod_ips);
  PutTime(out, "startTime", status.start_time);
  PutContainers(out, "initContainerStatuses", status.init_container_statuses);
  PutContainers(out, "containerStatuses", status.container_statuses);
  PutEphemeralContainers(out, status.ephemeral_container_statuses);
  PutResources(out, status);
  if (status.observed_generation > 0) out["observedGeneration"] = status.observed_generation;
  return out;
}

}  // namespace ordinal::status

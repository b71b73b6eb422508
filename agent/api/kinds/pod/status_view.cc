#include "agent/api/kinds/pod/status_view.h"

#include <algorithm>

#include "agent/api/read.h"

namespace ordinal::api {
namespace {

Condition ReadCondition(const Json& json) {
  Condition condition;
  condition.type = ReadString(json, "type");
  condition.status = ReadString(json, "status");
  condition.reason = ReadString(json, "reason");
  condition.message = ReadString(json, "message");
  condition.last_transition = ReadTime(json, "lastTransitionTime");
  condition.observed_generation = ReadInt(json, "observedGeneration");
  return condition;
}

TerminatedState ReadTerminated(const Json& json) {
  TerminatedState state;
  state.exit_code = static_cast<int32_t>(ReadInt(json, "exitCode"));
  state.reason = ReadString(json, "reason");
  state.message = ReadString(json, "message");
  state.container_id = ReadString(json, "containerID");
  state.started_at = ReadTime(json, "startedAt");
  state.finished_at = ReadTime(json, "finishedAt");
  return state;
}

ContainerState ReadState(const Json& json) {
  if (const Json& running = Member(json, "running"); running.is_object()) {
    return RunningState{ReadTime(running, "startedAt")};
  }
  if (const Json& terminated = Member(json, "terminated"); terminated.is_object()) return ReadTerminated(terminated);
  if (const Json& waiting = Member(json, "waiting"); waiting.is_object()) {
    return WaitingState{ReadString(waiting, "reason"), ReadString(waiting, "message")};
  }
  return {};
}

ContainerStatus ReadContainerStatus(const Json& json) {
  ContainerStatus status;
  status.name = ReadString(json, "name");
  status.image = ReadString(json, "image");
  status.image_id = ReadString(json, "imageID");
  status.container_id = ReadString(json, "containerID");
  status.state = ReadState(Member(json, "state"));
  status.last_state = ReadState(Member(json, "lastState"));
  status.ready = ReadBool(json, "ready");
  status.started = ReadBool(json, "started");
  status.restart_count = ReadInt(json, "restartCount");
  for (const Json& mount : Items(json, "volumeMounts")) {
    status.volume_mounts.push_back({ReadString(mount, "name"), ReadString(mount, "mountPath"),
                                    ReadBool(mount, "readOnly"), ReadString(mount, "recursiveReadOnly") == "Enabled"});
  }
  status.allocated = ReadStringMap(json, "allocatedResources");
  status.limits = ReadStringMap(Member(json, "resources"), "limits");
  status.requests = ReadStringMap(Member(json, "resources"), "requests");
  return status;
}

}  // namespace

const Condition* PodStatus::FindCondition(std::string_view type) const {
  const auto found = std::find_if(conditions.begin(), conditions.end(),
                                  [&](const Condition& condition) { return condition.type == type; });
  return found == conditions.end() ? nullptr : &*found;
}

PodStatus ReadPodStatus(const Json& json) {
  PodStatus status;
  status.phase = ReadString(json, "phase");
  status.reason = ReadString(json, "reason");
  status.message = ReadString(json, "message");
  status.qos_class = ReadString(json, "qosClass");
  status.pod_ip = ReadString(json, "podIP");
  for (const Json& address : Items(json, "hostIPs")) status.host_ips.push_back(ReadString(address, "ip"));
  for (const Json& address : Items(json, "podIPs")) status.pod_ips.push_back(ReadString(address, "ip"));
  for (const Json& condition : Items(json, "conditions")) status.conditions.push_back(ReadCondition(condition));
  status.start_time = ReadTime(json, "startTime");
  for (const Json& each : Items(json, "containerStatuses")) {
    status.container_statuses.push_back(ReadContainerStatus(each));
  }
  for (const Json& each : Items(json, "initContainerStatuses")) {
    status.init_container_statuses.push_back(ReadContainerStatus(each));
  }
  for (const Json& each : Items(json, "ephemeralContainerStatuses")) {
    status.ephemeral_container_statuses.push_back(ReadContainerStatus(each));
  }
  status.observed_generation = ReadInt(json, "observedGeneration");
  status.allocated = ReadStringMap(json, "allocatedResources");
  status.limits = ReadStringMap(Member(json, "resources"), "limits");
  status.requests = ReadStringMap(Member(json, "resources"), "requests");
  return status;
}

}  // namespace ordinal::api

#include "agent/apiserver/streams/container_run.h"

#include <fmt/format.h>

#include "agent/apiserver/streams/pod_parts.h"

namespace ordinal::apiserver::streams {
namespace {

using api::Json;
using api::Member;
using api::ReadInt;
using api::ReadString;

std::string WhyItWaits(const std::string& reason) {
  if (reason == "ErrImagePull") return "is waiting to start: image can't be pulled";
  if (reason == "ImagePullBackOff") return "is waiting to start: trying and failing to pull image";
  return reason.empty() ? "is waiting to start - no logs yet" : "is waiting to start: " + reason;
}

}  // namespace

Result<ContainerRun> PickRun(const api::Object& pod, const std::string& container, bool previous) {
  const auto refused = [&](std::string_view why) {
    return MakeError(ErrorCode::kInvalid, fmt::format("container \"{}\" in pod \"{}\" {}", container, pod.name(), why));
  };
  const Json& status = StatusOf(pod, container);
  const Json& state = Member(status, "state");
  const Json& waiting = Member(state, "waiting");
  const std::string last = ReadString(Member(Member(status, "lastState"), "terminated"), "containerID");
  const int64_t restarts = ReadInt(status, "restartCount");
  if (previous) {
    if (last.empty()) {
      return MakeError(ErrorCode::kInvalid, fmt::format("previous terminated container \"{}\" in pod \"{}\" not found",
                                                        container, pod.name()));
    }
    return ContainerRun{BareId(last), waiting.is_object() ? restarts : restarts - 1, false};
  }
  if (status.is_null()) return refused("is not available");
  if (Member(state, "running").is_object())
    return ContainerRun{BareId(ReadString(status, "containerID")), restarts, true};
  if (const Json& ended = Member(state, "terminated"); ended.is_object()) {
    const std::string id = ReadString(ended, "containerID");
    if (!id.empty()) return ContainerRun{BareId(id), restarts, false};
    if (last.empty()) return refused("is terminated");
  }
  if (!last.empty()) return ContainerRun{BareId(last), restarts, false};
  return refused(WhyItWaits(ReadString(waiting, "reason")));
}

bool StillRuns(const api::Object& pod, const std::string& container, const std::string& container_id) {
  const Json& status = StatusOf(pod, container);
  return Member(Member(status, "state"), "running").is_object() &&
         BareId(ReadString(status, "containerID")) == container_id;
}

}  // namespace ordinal::apiserver::streams

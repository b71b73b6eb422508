#include "agent/objects/local/binding.h"

#include <fmt/format.h>

#include "agent/api/kinds/pod/status_merge.h"
#include "agent/api/kinds/pod/view.h"

namespace ordinal::objects {

using api::Json;

Result<Json> Bound(const api::Object& pod, const std::string& node, WallTime now) {
  const std::string bound = api::NodeOf(pod.body());
  if (!bound.empty()) {
    return MakeError(ErrorCode::kConflict, fmt::format("the pod is on node \"{}\" already", bound), "Conflict");
  }
  if (api::Deleting(pod.body())) return MakeError(ErrorCode::kConflict, "the pod is being deleted", "Conflict");
  Json next = pod.body();
  next["spec"]["nodeName"] = node;
  Json placed{{"type", "PodScheduled"}, {"status", "True"}, {"lastTransitionTime", FormatTime(now)}};
  placed["lastProbeTime"] = nullptr;
  api::ObserveGeneration(pod.body(), placed);
  const Json said{{"conditions", Json::array({std::move(placed)})}};
  next["status"] = api::MergedStatus(api::StatusBy::kPlacement, said, api::Member(next, "status"));
  next["status"].erase("nominatedNodeName");  // it has the node now
  return next;
}

}  // namespace ordinal::objects

#include "agent/controllers/ready_times.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace ordinal::controllers {
namespace {

using api::Json;

bool ControlledBy(const Json& pod, const std::string& kind) {
  const Json& owners = api::Member(api::Member(pod, "metadata"), "ownerReferences");
  return owners.is_array() && std::any_of(owners.begin(), owners.end(), [&](const Json& owner) {
           return api::ReadBool(owner, "controller") && api::ReadString(owner, "kind") == kind;
         });
}

/// The condition Ready when it is True and the pod runs, else null.
const Json* ReadyCondition(const Json& pod) {
  const Json& status = api::Member(pod, "status");
  const Json& conditions = api::Member(status, "conditions");
  if (api::ReadString(status, "phase") != "Running" || !conditions.is_array()) return nullptr;
  for (const Json& condition : conditions) {
    if (api::ReadString(condition, "type") != "Ready") continue;
    return api::ReadString(condition, "status") == "True" ? &condition : nullptr;
  }
  return nullptr;
}

size_t RunOf(const Json& pod) {
  const Json& statuses = api::Member(api::Member(pod, "status"), "containerStatuses");
  std::string ids;
  if (statuses.is_array()) {
    for (const Json& status : statuses) ids += api::ReadString(status, "containerID") + " ";
  }
  return std::hash<std::string>()(ids);
}

}  // namespace

ReadyTimes::ReadyTimes(store::Cache& pods, Clock& clock, std::string owner_kind)
    : clock_(clock), owner_kind_(std::move(owner_kind)) {
  pods.OnChange([this](const store::WatchEvent& event) { OnPod(event); });
}

void ReadyTimes::OnPod(const store::WatchEvent& event) {
  const Json& pod = event.object.body();
  const Json* ready = ReadyCondition(pod);
  if (event.type == store::EventType::kDeleted || ready == nullptr || !ControlledBy(pod, owner_kind_)) {
    ready_.erase(event.object.uid());
    return;
  }
  const size_t run = RunOf(pod);
  const auto known = ready_.find(event.object.uid());
  if (known != ready_.end() && known->second.run == run) return;
  WallTime since = clock_.Now();
  if (event.old.empty()) {
    // It was ready before this process looked, since some time within the second that the condition names.
    const auto told = api::ReadTime(*ready, "lastTransitionTime");
    if (told) since = std::min(since, WallTime(*told + std::chrono::seconds(1)));
  }
  ready_.insert_or_assign(event.object.uid(), Ready{since, run});
}

std::optional<WallTime> ReadyTimes::Of(const std::string& uid) const {
  const auto found = ready_.find(uid);
  if (found == ready_.end()) return std::nullopt;
  return found->second.since;
}

}  // namespace ordinal::controllers

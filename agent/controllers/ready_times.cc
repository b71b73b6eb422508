#include "agent/controllers/ready_times.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace ordinal::controllers {
namespace {

bool ControlledBy(const api::Pod& pod, const std::string& kind) {
  const api::OwnerReference* owner = pod.meta.Controller();
  return owner != nullptr && owner->kind == kind;
}

size_t RunOf(const api::Pod& pod) {
  std::string ids;
  for (const api::ContainerStatus& status : pod.status.container_statuses) ids += status.container_id + " ";
  return std::hash<std::string>()(ids);
}

}  // namespace

ReadyTimes::ReadyTimes(objects::Cache<api::Pod>& pods, Clock& clock, std::string owner_kind)
    : clock_(clock), owner_kind_(std::move(owner_kind)) {
  pods.OnChange([this](const objects::Change<api::Pod>& change) { OnPod(change); });
}

void ReadyTimes::OnPod(const objects::Change<api::Pod>& change) {
  const api::Pod& pod = *change.last();
  if (change.deleted() || !RunningAndReady(pod) || !ControlledBy(pod, owner_kind_)) {
    ready_.erase(pod.meta.uid);
    return;
  }
  const size_t run = RunOf(pod);
  const auto known = ready_.find(pod.meta.uid);
  if (known != ready_.end() && known->second.run == run) return;
  SteadyTime since = clock_.Steady();
  const bool ready_before_ours = known == ready_.end() && change.old && RunningAndReady(*change.old);
  if (change.added() || ready_before_ours) {
    // It was ready before this process looked or its owner adopted it, since some time within the second that the
    // condition names.
    const auto told = pod.FindCondition("Ready")->last_transition;
    if (told) since -= std::max(clock_.Now() - *told - std::chrono::seconds(1), Duration::zero());
  }
  ready_.insert_or_assign(pod.meta.uid, Ready{since, run});
}

std::optional<WallTime> ReadyTimes::Of(const std::string& uid) const {
  const auto found = ready_.find(uid);
  if (found == ready_.end()) return std::nullopt;
  return clock_.Now() - (clock_.Steady() - found->second.since);
}

ReadySince ReadyTimes::Of(const api::Refs<api::Pod>& pods) const {
  ReadySince times;
  for (const api::Pod& pod : pods) {
    if (const auto since = Of(pod.meta.uid)) times[pod.meta.uid] = *since;
  }
  return times;
}

}  // namespace ordinal::controllers

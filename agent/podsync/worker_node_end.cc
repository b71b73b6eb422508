// What a worker does when the node ends its pod.
#include <set>

#include "agent/base/log.h"
#include "agent/podsync/worker.h"

namespace ordinal::podsync {
namespace {

constexpr Duration kPatienceWithSteps = std::chrono::seconds(2);  // as when the pod is deleted (stop.cc)
constexpr Duration kLookWhileGivingUp = std::chrono::seconds(1);  // events wake earlier
constexpr Duration kUnmountAgain = std::chrono::seconds(10);

/// What fails is tried again by the next plan.
Task<void> EndBesideSteps(std::shared_ptr<Endings> endings, std::shared_ptr<const api::Pod> pod, std::string name,
                          std::string id, std::chrono::seconds grace) {
  const Status ended = co_await endings->End(std::move(pod), std::move(name), id, grace);
  if (ended.ok() || ended.error().code == ErrorCode::kCancelled) co_return;
  log::Warning("ending container {:.12} for its node: {}", id, ended.error().message);
}

}  // namespace

void Worker::EndByNode(NodeEnd end) {
  if (Ending() || wanted_->Terminal() || !memory_.failed_reason.empty()) return;
  end.rests = end.rests && wanted_->spec.restart_policy == "Always";
  if (!end.rests) {
    memory_.failed_reason = end.reason;
    memory_.failed_message = end.message;
  }
  memory_.node_end = std::move(end);
  News();
}

void Worker::GoOn() {
  if (!Rests(memory_)) return;
  memory_.node_end.reset();
  News();
}

/// The node ended the pod while a plan of before was carried out, until that is `over`: what runs is told to end at
/// once, what is being made is given up as when the pod is deleted.
Task<void> Worker::EndBeside(std::shared_ptr<const api::Pod> pod, const bool& over) {
  const std::chrono::seconds grace(memory_.node_end->grace_seconds);
  const SteadyTime patience = services_.clock.Steady() + kPatienceWithSteps;
  std::set<std::string> told;
  finishing_ = true;
  while (!over && !Ending()) {
    const observe::PodState state = services_.states.Get(uid_);
    for (const cri::Container& container : state.containers) {
      if (!observe::Live(container) || !told.insert(container.id).second) continue;
      stops_.Spawn("stop container", EndBesideSteps(endings_, pod, container.name, container.id, grace));
    }
    const Duration left = patience - services_.clock.Steady();
    if (left <= Duration::zero()) steps_.Cancel();
    const Duration wait = left > Duration::zero() ? left : kLookWhileGivingUp;
    const TimerHandle timer = services_.clock.After(wait, [this] { wake_.Notify(); });
    if (!over) co_await wake_.Wait();
  }
}

/// What an evicted pod took of the disk is what others lack: of its files only the logs stay until it is deleted.
Task<void> Worker::LetVolumesGo(const api::Pod& pod) {
  const bool by_node = memory_.node_end && !memory_.node_end->rests;
  const bool by_earlier_agent = pod.Terminal() && pod.status.reason == "Evicted";
  if (volumes_gone_ || (!by_node && !by_earlier_agent)) co_return;
  if (observe::HoldsAnythingLive(services_.states.Get(uid_))) co_return;
  const Status unmounted = co_await services_.volumes.Unmount(uid_);
  volumes_gone_ = unmounted.ok();
  if (volumes_gone_) co_return;
  log::Warning("pod uid={}: taking the volumes of an evicted pod away: {}", uid_, unmounted.error().message);
  look_again_ = services_.clock.Now() + kUnmountAgain;
}

}  // namespace ordinal::podsync

#include "agent/podsync/worker.h"

#include <fmt/format.h>

#include "agent/base/log.h"
#include "agent/podsync/backoff_words.h"
#include "agent/podsync/files.h"
#include "agent/podsync/plan.h"
#include "agent/podsync/pod_status.h"
#include "agent/podsync/start.h"
#include "agent/podsync/stop.h"

namespace ordinal::podsync {
namespace {

constexpr Duration kUnreachableRetry = std::chrono::seconds(1);

/// Nothing changed that a plan or an end is made of: mostly it is the worker's own status that comes back.
bool SameWish(const api::Pod& a, const api::Pod& b) {
  const auto spec = [](const api::Pod& pod) -> const api::Json& { return api::Member(pod.object.body(), "spec"); };
  return a.meta.deleted == b.meta.deleted && a.meta.deletion_grace_seconds == b.meta.deletion_grace_seconds &&
         a.meta.labels == b.meta.labels && a.meta.annotations == b.meta.annotations && a.Terminal() == b.Terminal() &&
         a.status.start_time == b.status.start_time && spec(a) == spec(b);
}

}  // namespace

Worker::Worker(Services& services, std::string uid, std::function<bool(const api::Pod&)> may_start)
    : services_(services), uid_(std::move(uid)), may_start_(std::move(may_start)), wake_(services.executor) {}

void Worker::Want(api::Pod pod) {
  const bool news = !wanted_ || !SameWish(*wanted_, pod);
  wanted_ = std::make_shared<const api::Pod>(std::move(pod));
  if (!news) return;
  // The change may be the cure.
  std::erase_if(memory_.retries, [this](const auto& item) { return WaitsForConfig(memory_, item.first); });
  wake_.Notify();
}

void Worker::Gone() {
  gone_ = true;
  wake_.Notify();
}

void Worker::Wake() { wake_.Notify(); }

void Worker::ImageArrived() {
  std::erase_if(memory_.retries, [](const auto& item) { return item.second.not_before == WallTime::max(); });
  wake_.Notify();
}

Task<void> Worker::Run() {
  while (!Ending()) {
    look_again_.reset();
    co_await Look();
    if (Ending()) break;
    TimerHandle timer;
    if (look_again_) {
      timer = services_.clock.After(std::max(Duration::zero(), *look_again_ - services_.clock.Now()),
                                    [this] { wake_.Notify(); });
    }
    co_await wake_.Wait();
  }
  const auto known = [this] { return PodStop::Known{wanted_.get(), gone_}; };
  PodStop stop(services_, uid_, known, wake_);
  co_await stop.End();
  co_await FinalReport();
  co_await stop.Clean();
}

/// Looks and acts until there is nothing to do now.
Task<void> Worker::Look() {
  bool again = true;
  while (again && !Ending()) again = co_await LookOnce();
}

/// One round; true when something was done and another look is due at once.
Task<bool> Worker::LookOnce() {
  if (stale_) {
    const auto seen = co_await services_.states.Refresh(uid_);
    if (!seen.ok()) {
      look_again_ = services_.clock.Now() + kUnreachableRetry;
      co_return false;
    }
    stale_ = false;
  }
  const std::shared_ptr<const api::Pod> held = wanted_;
  const api::Pod& pod = *held;
  const cri::PodState state = services_.states.Get(uid_);
  for (const cri::Container& container : state.containers) {
    if (container.state != cri::ContainerState::kRunning) continue;
    memory_.waiting.erase(container.name);  // an answer that was lost: it was started after all
    memory_.retries.erase(container.name);
  }
  RefuseTakenPorts(pod);
  const Plan plan = PlanPod(pod, state, memory_, services_.clock.Now());
  if (plan.look_again) look_again_ = plan.look_again;
  if (plan.deadline_exceeded && memory_.failed_reason.empty()) {
    memory_.failed_reason = "DeadlineExceeded";
    memory_.failed_message = "Pod was active on the node longer than its activeDeadlineSeconds";
    services_.event(pod.object, "", "Normal", memory_.failed_reason, memory_.failed_message);
  }
  SayBackoffs(pod, plan);
  if (plan.create_sandbox && !may_start_(pod)) {
    Report(pod);
    co_return false;  // woken when the other pod of that name is gone
  }
  if (plan.Idle()) {
    co_await ReadMessages(pod);
    Report(pod);
    co_return false;
  }
  if (plan.create_sandbox) {
    SaySandboxChanged(pod, state);
    Report(pod);  // Pending, ContainerCreating: shown while it is being made
  }
  stale_ = true;
  const auto image_arrived = [this, alive = std::weak_ptr<bool>(alive_)] {
    if (!alive.expired()) ImageArrived();
  };
  PodStart start(services_, pod, memory_, image_arrived);
  const std::optional<WallTime> failed = co_await start.Execute(plan, state);
  const auto refreshed = co_await services_.states.Refresh(uid_);
  if (!refreshed.ok()) {
    look_again_ = services_.clock.Now() + kUnreachableRetry;
    co_return false;
  }
  stale_ = false;
  started_ = started_ || UsableSandbox(pod, *refreshed) != nullptr;
  co_await ReadMessages(pod);
  Report(*wanted_);
  if (failed) look_again_ = look_again_ ? std::min(*look_again_, *failed) : *failed;
  co_return !failed;
}

/// Once for each sandbox that is replaced.
void Worker::SaySandboxChanged(const api::Pod& pod, const cri::PodState& state) {
  if (state.sandboxes.empty() || !memory_.changes_said.insert(state.sandboxes.front().id).second) return;
  services_.event(pod.object, "", "Normal", "SandboxChanged", kSandboxChanged);
}

/// A port mapping to where the agent listens would lead everybody who wants the agent to the pod, also whoever wants to
/// delete it. Placement gives no pod such a port: this one was placed by its writer, or by an agent that listened
/// elsewhere. It fails as a kubelet's admission fails it (pkg/kubelet/lifecycle/predicate.go), and what it already has
/// of the host is taken from it.
void Worker::RefuseTakenPorts(const api::Pod& pod) {
  if (!memory_.failed_reason.empty() || pod.Terminal()) return;
  const std::string taken = api::TakenPortOf(pod.spec, services_.node.own_ports);
  if (taken.empty()) return;
  const std::string why =
      fmt::format("Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports ({})", taken);
  memory_.failed_reason = "NodePorts";
  memory_.failed_message = "Pod was rejected: " + why;
  services_.event(pod.object, "", "Warning", memory_.failed_reason, why);
}

/// Once for each time a container ended.
void Worker::SayBackoffs(const api::Pod& pod, const Plan& plan) {
  for (const ContainerBackoff& each : plan.backing_off) {
    std::string& said = memory_.backoffs_said[each.name];
    if (std::exchange(said, each.id) == each.id) continue;
    services_.event(pod.object, each.name, "Warning", "BackOff", BackoffEvent(pod, each.name));
  }
}

/// What was reported last is the status before this one, not what the store shows: that may be behind, and a time taken
/// from it would be written back over a newer one, for ever. Only an end that somebody else wrote there counts
/// (api/status_merge.h): the plan was made with it.
void Worker::Report(const api::Pod& pod) {
  if (reported_ && pod.Terminal() && !reported_->Terminal()) {
    reported_->phase = pod.status.phase;
    reported_->reason = pod.status.reason;
    reported_->message = pod.status.message;
  }
  const api::PodStatus& before = reported_ ? *reported_ : pod.status;
  StatusFacts facts;
  facts.host_ips = services_.node.host_ips;
  facts.termination_messages = messages_;
  facts.sandbox_expected = started_ || before.phase == "Running";
  reported_ = MakePodStatus(pod, before, services_.states.Get(uid_), memory_, facts, services_.clock.Now());
  services_.reports.Set(pod.object.key(), uid_, *reported_);
}

/// How the containers of a pod that is being deleted ended: the last thing people see of it.
Task<void> Worker::FinalReport() {
  if (!wanted_ || gone_) co_return;
  const std::shared_ptr<const api::Pod> held = wanted_;
  co_await ReadMessages(*held);
  Report(*held);
}

/// Reads what ended containers had to say, once each.
Task<void> Worker::ReadMessages(const api::Pod& pod) {
  const cri::PodState state = services_.states.Get(uid_);
  std::map<std::string, std::string> kept;
  for (const cri::Container& container : state.containers) {
    if (container.state != cri::ContainerState::kExited) continue;
    const auto known = messages_.find(container.id);
    if (known != messages_.end()) {
      kept[container.id] = known->second;
      continue;
    }
    const std::string attempt = fmt::format("{}", container.attempt);
    const std::string file = services_.layout.TerminationLog(uid_, container.name, attempt);
    const std::string log = fmt::format("{}/{}/{}.log", PodLogDirectory(services_.node, pod), container.name, attempt);
    const auto policy = container.annotations.find(cri::kTerminationMessagePolicy);
    const bool fall_back =
        container.exit_code != 0 && policy != container.annotations.end() && policy->second == "FallbackToLogsOnError";
    auto read = [=]() -> Result<std::string> { return TerminationMessage(file, log, fall_back); };
    const Result<std::string> message = co_await services_.pool.Run(std::move(read));
    kept[container.id] = message.ok() ? *message : std::string();
  }
  messages_ = std::move(kept);
}

}  // namespace ordinal::podsync

#include "agent/podsync/worker.h"

#include <fmt/format.h>

#include "agent/base/log.h"
#include "agent/podsync/backoff_words.h"
#include "agent/podsync/files.h"
#include "agent/podsync/pod_status.h"
#include "agent/podsync/steps/run_steps.h"

namespace ordinal::podsync {
namespace {

constexpr Duration kUnreachableRetry = std::chrono::seconds(1);

/// Nothing changed that a step depends on.
bool SameSpecification(const api::Pod& a, const api::Pod& b) {
  const auto spec = [](const api::Pod& pod) -> const api::Json& { return api::Member(pod.object.body(), "spec"); };
  return a.meta.labels == b.meta.labels && a.meta.annotations == b.meta.annotations && a.Terminal() == b.Terminal() &&
         spec(a) == spec(b);
}

/// Nothing changed that a plan or an end is made of: mostly it is the worker's own status that comes back.
bool SameWish(const api::Pod& a, const api::Pod& b) {
  return a.meta.deleted == b.meta.deleted && a.meta.deletion_grace_seconds == b.meta.deletion_grace_seconds &&
         a.status.start_time == b.status.start_time && SameSpecification(a, b);
}

}  // namespace

/// A plan that is being carried out, and all it refers to.
struct Worker::Work {
  std::shared_ptr<const api::Pod> pod;
  PodSeen seen;
  Plan plan;
  std::optional<StepContext> context;
  bool over = false;
  bool awaited = false;  ///< somebody waits for its end: nobody does when it ends before its beginning returns
  std::exception_ptr failure;
};

Worker::Worker(Services& services, std::string uid, std::function<bool(const api::Pod&)> may_start)
    : services_(services),
      uid_(std::move(uid)),
      may_start_(std::move(may_start)),
      wake_(services.executor),
      steps_(services.executor),
      stops_(services.executor) {
  memory_.restart_backoff = services.node.restart_backoff;
}

void Worker::Want(std::shared_ptr<const api::Pod> pod) {
  const bool news = !wanted_ || !SameWish(*wanted_, *pod);
  wanted_ = std::move(pod);
  if (!news) return;
  ConfigChanged();
}

/// The change may be the cure.
void Worker::ConfigChanged() {
  std::erase_if(memory_.retries, [this](const auto& item) { return WaitsForConfig(memory_, item.first); });
  if (memory_.files_retry) memory_.files_retry->not_before = WallTime{};
  if (WaitsForVolume(memory_)) memory_.pod_retry->not_before = WallTime{};
  News();
}

void Worker::Gone() {
  gone_ = true;
  News();
}

void Worker::Wake() { News(); }

void Worker::ImageArrived() {
  std::erase_if(memory_.retries, [](const auto& item) { return item.second.not_before == WallTime::max(); });
  News();
}

void Worker::News() {
  news_ = true;
  wake_.Notify();
}

Task<void> Worker::Run() {
  if (!Ending()) {  // an exception may have left some of an earlier run behind
    steps_.Cancel();
    co_await steps_.Join();
  }
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
  if (!stop_) stop_.emplace(services_, uid_, known, PodStop::Scopes{wake_, steps_, stops_});
  co_await stop_->End();
  services_.images.GiveUp(uid_);  // no step can begin to wait any more
  co_await FinalReport();
  co_await stop_->Clean();
}

/// Looks and acts until there is nothing to do now.
Task<void> Worker::Look() {
  bool again = true;
  while (again && !Ending()) again = co_await LookOnce();
}

/// True when what is known of the runtime is not older than what this worker did to it.
Task<bool> Worker::LookAfresh() {
  if (!stale_) co_return true;
  const auto seen = co_await services_.states.Refresh(uid_);
  stale_ = !seen.ok();
  if (stale_) look_again_ = services_.clock.Now() + kUnreachableRetry;
  co_return !stale_;
}

/// One round; true when something was done and another look is due at once.
Task<bool> Worker::LookOnce() {
  if (!co_await LookAfresh()) co_return false;
  news_ = false;
  const std::shared_ptr<const api::Pod> held = wanted_;
  const api::Pod& pod = *held;
  PodSeen seen = See(services_, pod);
  ForgetFailuresOf(seen.runtime);
  RefuseTakenPorts(pod);
  Plan plan = PlanPod(pod, seen, memory_);
  if (plan.look_again) look_again_ = plan.look_again;
  SayDeadline(pod, plan);
  SayBackoffs(pod, plan);
  if (plan.finished) services_.images.GiveUp(uid_);
  co_await ReadMessages(pod);
  if (Ending()) co_return false;
  // What ended is shown as ended before anything is made in its place. That a pod is over is shown when all has ended:
  // whoever sees it may make another one.
  if (!plan.finished || !plan.Has<EndContainers>()) Report(pod);
  if (plan.steps.empty()) co_return false;
  if (!seen.references_known && !plan.Has<EndContainers>()) co_return false;  // woken when they are
  if (plan.Has<MakeSandbox>()) {
    if (!may_start_(pod)) co_return false;  // woken when the other pod of that name is gone
    SaySandboxChanged(pod, seen.runtime);
  }
  co_return co_await Carry(held, std::move(seen), std::move(plan));
}

/// Begins the plan and waits until it is carried out, or given up because the pod is to end: then true at once, and
/// PodStop waits for the step that is under way.
Task<bool> Worker::Carry(std::shared_ptr<const api::Pod> pod, PodSeen seen, Plan plan) {
  const auto work = std::make_shared<Work>();
  work->pod = std::move(pod);
  work->seen = std::move(seen);
  work->plan = std::move(plan);
  stale_ = true;
  steps_.Spawn("steps of pod " + uid_, Carrying(work));
  work->awaited = true;
  while (!work->over && !Ending()) co_await wake_.Wait();
  if (!work->over) co_return true;
  if (work->failure) std::rethrow_exception(work->failure);
  if (news_) wake_.Notify();  // heard while waiting for the steps
  if (!co_await LookAfresh()) co_return false;
  started_ = started_ || UsableSandbox(*work->pod, services_.states.Get(uid_)) != nullptr;
  co_await Show();
  const std::optional<WallTime> failed = work->context->look_again;
  if (failed) look_again_ = look_again_ ? std::min(*look_again_, *failed) : *failed;
  co_return !failed;
}

Task<void> Worker::Carrying(std::shared_ptr<Work> work) {
  StepHooks hooks;
  hooks.wanted = [this] { return !Ending(); };
  hooks.newest = [this, work] { return wanted_ == work->pod || SameSpecification(*wanted_, *work->pod); };
  hooks.show = [this]() -> Task<void> {
    const auto refreshed = co_await services_.states.Refresh(uid_);
    if (refreshed.ok() && !Ending()) co_await Show();
  };
  // A pull may outlive the pod that waits for it.
  const auto image_arrived = [worker = weak_from_this()] {
    if (const auto still_there = worker.lock()) still_there->ImageArrived();
  };
  try {
    work->context.emplace(ContextOf(services_, *work->pod, work->seen, memory_, image_arrived));
    co_await RunSteps(*work->context, work->plan, hooks);
  } catch (...) {
    work->failure = std::current_exception();
  }
  work->over = true;
  if (work->awaited) wake_.Notify();
}

/// Reports what is known now.
Task<void> Worker::Show() {
  const std::shared_ptr<const api::Pod> held = wanted_;
  co_await ReadMessages(*held);
  Report(*held);
}

/// An answer that was lost: it was started after all.
void Worker::ForgetFailuresOf(const observe::PodState& state) {
  for (const cri::Container& container : state.containers) {
    if (container.state != cri::ContainerState::kRunning) continue;
    memory_.waiting.erase(container.name);
    memory_.retries.erase(container.name);
  }
}

void Worker::SayDeadline(const api::Pod& pod, const Plan& plan) {
  if (!plan.deadline_exceeded || !memory_.failed_reason.empty()) return;
  memory_.failed_reason = "DeadlineExceeded";
  memory_.failed_message = "Pod was active on the node longer than its activeDeadlineSeconds";
  services_.recorder.Record({pod.object, events::Severity::kNormal, memory_.failed_reason, memory_.failed_message});
}

/// Once for each sandbox that is replaced.
void Worker::SaySandboxChanged(const api::Pod& pod, const observe::PodState& state) {
  if (state.sandboxes.empty() || !memory_.changes_said.insert(state.sandboxes.front().id).second) return;
  services_.recorder.Record({pod.object, events::Severity::kNormal, "SandboxChanged", kSandboxChanged});
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
  services_.recorder.Record({pod.object, events::Severity::kWarning, memory_.failed_reason, why});
}

/// Once for each time a container ended.
void Worker::SayBackoffs(const api::Pod& pod, const Plan& plan) {
  for (const ContainerBackoff& each : plan.backing_off) {
    std::string& said = memory_.backoffs_said[each.name];
    if (std::exchange(said, each.id) == each.id) continue;
    services_.recorder.Record(
        {pod.object, events::Severity::kWarning, "BackOff", BackoffEvent(pod, each.name), each.name});
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
  if (wanted_ && !gone_) co_await Show();
}

/// Reads what ended containers had to say, once each.
Task<void> Worker::ReadMessages(const api::Pod& pod) {
  const observe::PodState state = services_.states.Get(uid_);
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
    const std::string log = services_.layout.PodLogs(pod.meta.ns, pod.meta.name, uid_) + "/" +
                            Layout::ContainerLog(container.name, container.attempt);
    const auto policy = container.annotations.find(observe::kTerminationMessagePolicy);
    const bool fall_back =
        container.exit_code != 0 && policy != container.annotations.end() && policy->second == "FallbackToLogsOnError";
    auto read = [=]() -> Result<std::string> { return TerminationMessage(file, log, fall_back); };
    const Result<std::string> message = co_await services_.pool.Run(std::move(read));
    kept[container.id] = message.ok() ? *message : std::string();
  }
  messages_ = std::move(kept);
}

}  // namespace ordinal::podsync

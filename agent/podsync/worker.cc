#include "agent/podsync/worker.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/api/kinds/pod/readiness_gates.h"
#include "agent/base/log.h"
#include "agent/podsync/backoff_words.h"
#include "agent/podsync/files.h"
#include "agent/podsync/pod_status.h"
#include "agent/podsync/refusals.h"
#include "agent/podsync/steps/run_steps.h"
#include "agent/podsync/why_ended.h"

namespace ordinal::podsync {
namespace {

constexpr Duration kUnreachableRetry = std::chrono::seconds(1);
constexpr Duration kShowsEnding = std::chrono::seconds(1);  // of an end that takes longer the beginning is reported

/// Nothing changed that a step depends on.
bool SameSpecification(const api::Pod& a, const api::Pod& b) {
  const auto spec = [](const api::Pod& pod) -> const api::Json& { return api::Member(pod.object.body(), "spec"); };
  return a.meta.labels == b.meta.labels && a.meta.annotations == b.meta.annotations && a.Terminal() == b.Terminal() &&
         spec(a) == spec(b);
}

/// Nothing changed that a plan or an end is made of: mostly it is the worker's own status that comes back.
bool SameWish(const api::Pod& a, const api::Pod& b) {
  return a.meta.deleted == b.meta.deleted && a.meta.deletion_grace_seconds == b.meta.deletion_grace_seconds &&
         a.status.start_time == b.status.start_time && SameSpecification(a, b) &&
         api::ReadinessGates(a) == api::ReadinessGates(b);
}

/// What the stored status says of that container's end: the files of a pod that is over may be gone.
std::string ToldMessage(const api::PodStatus& status, const std::string& id) {
  const std::string full_id = "containerd://" + id;
  for (const auto* list : {&status.init_container_statuses, &status.container_statuses}) {
    for (const api::ContainerStatus& each : *list) {
      const auto* ended = std::get_if<api::TerminatedState>(&each.state);
      if (ended != nullptr && ended->container_id == full_id) return ended->message;
    }
  }
  return {};
}

}  // namespace

/// A plan that is being carried out, and all it refers to.
struct Worker::Work {
  std::shared_ptr<const api::Pod> pod;
  PodSeen seen;
  Plan plan;
  std::optional<StepContext> context;
  bool node_end = false;  ///< the node ended the pod already when the plan was made
  bool over = false;
  bool awaited = false;  ///< somebody waits for its end: nobody does when it ends before its beginning returns
  std::exception_ptr failure;
};

Worker::Worker(Services& services, std::string uid, std::function<bool(const api::Pod&)> may_start)
    : services_(services),
      uid_(std::move(uid)),
      seen_(services.clock.Steady()),
      may_start_(std::move(may_start)),
      endings_(std::make_shared<Endings>(services)),
      wake_(services.executor),
      steps_(services.executor),
      stops_(services.executor) {
  memory_.restart_backoff = services.node.restart_backoff;
}

void Worker::Want(std::shared_ptr<const api::Pod> pod) {
  const bool news = !wanted_ || !SameWish(*wanted_, *pod);
  wanted_ = std::move(pod);
  if (!news) return;
  changed_ = true;
  ConfigChanged();
}

/// The change may be the cure.
void Worker::ConfigChanged() {
  std::erase_if(memory_.retries, [this](const auto& item) {
    return WaitsForConfig(memory_, item.first) || WaitsForImage(memory_, item.first);
  });
  if (memory_.files_retry) memory_.files_retry->not_before = WallTime{};
  if (memory_.resize_retry) memory_.resize_retry->not_before = WallTime{};
  if (WaitsForVolume(memory_)) memory_.pod_retry->not_before = WallTime{};
  News();
}

/// Readiness is shown whatever is being done for the pod: also while another container is ended, or the pod is. That
/// all its containers have ended is for FinalReport().
void Worker::ProbeChanged() {
  ShowBetween();
  News();
}

/// Shows how it stands while something is being done.
void Worker::ShowBetween() {
  const auto runs = [this](const api::Container& container) {
    const cri::Container* newest = Newest(services_.states.Get(uid_), container.name);
    return newest != nullptr && observe::Live(*newest);
  };
  if (!reported_ || !wanted_ || gone_ || finishing_) return;
  const std::vector<api::Container>& mains = wanted_->spec.containers;
  if (!Ending() || std::any_of(mains.begin(), mains.end(), runs)) Report(*services_.allocations->Given(wanted_));
}

/// Tells the prober whom to ask. False while it does not know yet what an earlier agent knew.
bool Worker::UseProbes(const api::Pod& pod) {
  const observe::PodState& state = services_.states.Get(uid_);
  services_.prober.Use(pod, TargetsOf(pod, state, AddressesOf(services_.node, pod, state), memory_));
  return services_.prober.Known(uid_);
}

void Worker::Gone() {
  gone_ = true;
  News();
}

void Worker::Wake() {
  endings_->Look();
  News();
}

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
    memory_.starting.clear();
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
  const auto known = [this] { return PodStop::Known{wanted_, gone_}; };
  services_.prober.Ending(uid_);
  if (!stop_) stop_.emplace(services_, uid_, known, PodStop::Scopes{wake_, steps_, stops_, *endings_});
  const TimerHandle shown = services_.clock.After(kShowsEnding, [this] { ShowBetween(); });
  co_await stop_->End();
  services_.prober.Drop(uid_);
  services_.images.GiveUp(uid_);  // no step can begin to wait any more
  co_await FinalReport();
  co_await stop_->Clean();
}

/// Looks and acts until there is nothing to do now.
Task<void> Worker::Look() {
  bool again = true;
  while (again && !Ending()) {
    Histogram* round = RoundOf();
    const SteadyTime began = services_.clock.Steady();
    again = co_await LookOnce();
    if (round != nullptr) round->Observe(services_.clock.Steady() - began);
  }
}

/// Where the round that begins now is counted; null: nowhere.
Histogram* Worker::RoundOf() {
  const bool first = !std::exchange(looked_, true);
  const bool changed = std::exchange(changed_, false);
  if (services_.counts == nullptr) return nullptr;
  return first ? &services_.counts->create : changed ? &services_.counts->update : &services_.counts->sync;
}

/// Of a pod that ran before this worker saw it nobody knows when it began.
void Worker::CountStart(bool running_before) {
  if (start_counted_ || reported_->phase == "Pending") return;
  start_counted_ = true;
  if (services_.counts == nullptr || running_before || reported_->phase != "Running") return;
  services_.counts->start.Observe(services_.clock.Steady() - seen_);
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
  const Status kept = co_await services_.allocations->Keep(uid_);
  if (!kept.ok()) log::Warning("pod {}: keeping its resources: {}", uid_, kept.error().message);
  if (Ending()) co_return false;
  const std::shared_ptr<const api::Pod> held = services_.allocations->Given(wanted_);
  const api::Pod& pod = *held;
  if (!UseProbes(pod)) co_return false;  // woken when it does
  PodSeen seen = See(services_, pod);
  ForgetFailuresOf(seen.runtime);
  Refuse(pod);
  RefuseNew(pod);
  const bool node_end = memory_.node_end.has_value();
  Plan plan = PlanPod(pod, seen, memory_);
  ForgetEndsOf(seen.runtime, plan);
  if (plan.look_again) look_again_ = plan.look_again;
  SayDeadline(pod, plan);
  SayBackoffs(pod, plan);
  SayResize(pod);
  if (plan.finished) services_.images.GiveUp(uid_);
  co_await ReadMessages(pod);
  if (Ending()) co_return false;
  if (node_end != memory_.node_end.has_value()) co_return true;  // the plan is not of now any more
  // What ended is shown as ended before anything is made in its place. That a pod is over is shown when all has ended:
  // whoever sees it may make another one.
  finishing_ = plan.finished && plan.Has<EndContainers>();
  if (!finishing_) Report(pod);
  if (plan.steps.empty()) {
    if (plan.finished) co_await LetVolumesGo(pod);
    co_return false;
  }
  if (!seen.references_known && !plan.Has<EndContainers>()) co_return false;  // woken when they are
  if (plan.Has<MakeSandbox>()) {
    if (!may_start_(pod)) co_return false;  // woken when the other pod of that name is gone
    SaySandboxChanged(pod, seen.runtime);
  }
  co_return co_await Carry(held, std::move(seen), std::move(plan));
}

/// Begins the plan and waits until it is carried out, or given up because the pod is to end: then true at once, and
/// PodStop waits for the step that is under way. One that the node ends is waited for here.
Task<bool> Worker::Carry(std::shared_ptr<const api::Pod> pod, PodSeen seen, Plan plan) {
  const auto work = std::make_shared<Work>();
  work->pod = std::move(pod);
  work->seen = std::move(seen);
  work->plan = std::move(plan);
  work->node_end = memory_.node_end.has_value();
  stale_ = true;
  steps_.Spawn("steps of pod " + uid_, Carrying(work));
  work->awaited = true;
  while (!work->over && !Ending() && !EndedSince(work->node_end)) co_await wake_.Wait();
  if (EndedSince(work->node_end)) co_await EndBeside(work->pod, work->over);
  if (!work->over) co_return true;
  if (work->failure) std::rethrow_exception(work->failure);
  if (EndedSince(work->node_end)) co_return true;
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
  hooks.wanted = [this, work] { return !Ending() && !EndedSince(work->node_end); };
  hooks.newest = [this, work] {
    if (work->node_end != memory_.node_end.has_value()) return false;
    return wanted_ == work->pod || SameSpecification(*wanted_, *work->pod);
  };
  hooks.show = [this, work]() -> Task<void> {
    const auto refreshed = co_await services_.states.Refresh(uid_);
    if (refreshed.ok() && !Ending() && !EndedSince(work->node_end)) co_await Show();
  };
  // A pull may outlive the pod that waits for it.
  const auto image_arrived = [worker = weak_from_this()] {
    if (const auto still_there = worker.lock()) still_there->ImageArrived();
  };
  try {
    work->context.emplace(ContextOf(services_, work->pod, work->seen, memory_, endings_, image_arrived));
    co_await RunSteps(*work->context, work->plan, hooks);
  } catch (...) {
    work->failure = std::current_exception();
  }
  work->over = true;
  if (work->awaited) wake_.Notify();
}

/// Reports what is known now; of a pod that is over when nothing of it runs any more.
Task<void> Worker::Show() {
  const std::vector<cri::Container>& containers = services_.states.Get(uid_).containers;
  if (finishing_ && std::any_of(containers.begin(), containers.end(), observe::Live)) co_return;
  const std::shared_ptr<const api::Pod> held = services_.allocations->Given(wanted_);
  co_await ReadMessages(*held);
  Report(*held);
}

/// An answer that was lost: it was started after all.
void Worker::ForgetFailuresOf(const observe::PodState& state) {
  const std::set<std::string>& kept = services_.allocations->EndedToRestart(uid_);
  memory_.ended_to_restart.insert(kept.begin(), kept.end());
  const auto forgotten = [&state](const std::string& id) {
    return std::none_of(state.containers.begin(), state.containers.end(),
                        [&id](const cri::Container& container) { return container.id == id; });
  };
  std::erase_if(memory_.ended_to_restart, forgotten);
  std::erase_if(memory_.ended_with_pod, forgotten);
  for (const cri::Container& container : state.containers) {
    if (container.state != cri::ContainerState::kRunning) continue;
    memory_.waiting.erase(container.name);
    memory_.retries.erase(container.name);
  }
}

/// One that could not be ended, and is not to end any more: when it ends, that is its own end.
void Worker::ForgetEndsOf(const observe::PodState& state, const Plan& plan) {
  std::vector<std::string> ids = RunOn(memory_.ended_to_restart, state, plan);
  std::erase_if(ids, [this](const std::string& id) { return endings_->UnderWay(id); });
  for (const std::string& id : ids) memory_.ended_to_restart.erase(id);
  services_.allocations->RunOn(uid_, ids);
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
  facts.recursive_read_only = services_.Features(pod).recursive_read_only_mounts;
  facts.sandbox_expected = started_ || before.phase == "Running";
  facts.last = last_report_;
  facts.probes = StandingsOf(services_.prober, pod, services_.states.Get(uid_));
  AddResources(pod, facts);
  const bool running_before = before.phase == "Running";
  reported_ = MakePodStatus(pod, before, services_.states.Get(uid_), memory_, facts, services_.clock.Now());
  CountStart(running_before);
  services_.reports.Set(pod.object.key(), uid_, *reported_);
}

void Worker::AddResources(const api::Pod& pod, StatusFacts& facts) const {
  const Allocations& allocations = *services_.allocations;
  facts.allocated = allocations.Of(uid_);
  facts.actuated = ActuatedOtherwise(allocations, pod.spec, services_.states.Get(uid_));
  facts.pod_has = allocations.PodHas(uid_);
  if (const PendingResize* pending = allocations.PendingOf(uid_)) facts.pending = *pending;
  facts.resize_generation = allocations.GenerationOf(uid_);
}

/// How the containers of a pod that is being deleted ended: the last thing people see of it.
Task<void> Worker::FinalReport() {
  finishing_ = false;
  const std::vector<cri::Container>& containers = services_.states.Get(uid_).containers;
  last_report_ = wanted_ && wanted_->deleting() && std::none_of(containers.begin(), containers.end(), observe::Live);
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
    const std::string log =
        services_.layout.ContainerLogFile(pod.meta.ns, pod.meta.name, uid_, container.name, container.attempt);
    const auto policy = container.annotations.find(observe::kTerminationMessagePolicy);
    const bool fall_back =
        container.exit_code != 0 && policy != container.annotations.end() && policy->second == "FallbackToLogsOnError";
    auto read = [=]() -> Result<std::string> { return TerminationMessage(file, log, fall_back); };
    const Result<std::string> message = co_await services_.pool.Run(std::move(read));
    std::string& said = kept[container.id] = message.ok() ? *message : std::string();
    if (said.empty() && pod.Terminal()) said = ToldMessage(pod.status, container.id);
  }
  messages_ = std::move(kept);
}

}  // namespace ordinal::podsync

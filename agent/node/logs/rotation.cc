#include "agent/node/logs/rotation.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/node/logs/log_files.h"

namespace ordinal::node {
namespace {

/// Then the others' turn comes when it answers again. One whose answer is late is no reason to pass the others over.
bool RuntimeIsAway(const Error& error) { return error.code == ErrorCode::kUnavailable; }

/// What is gone needs no rotation any more.
Status UnlessGone(const Status& done) {
  return done.ok() || done.error().code == ErrorCode::kNotFound ? Status() : done;
}

}  // namespace

LogRotation::LogRotation(Parts parts, const LogLimits& limits)
    : parts_(std::move(parts)),
      limits_(limits),
      compression_(parts_.executor, parts_.clock, parts_.pool),
      wake_(parts_.executor),
      scope_(parts_.executor) {}

Task<void> LogRotation::Run() {
  scope_.Spawn("compression of logs", compression_.Run());
  while (true) {
    const Status looked = co_await Caught(Look());
    if (!looked.ok()) log::Warning("looking at the logs of containers: {}", looked.error().message);
    const TimerHandle timer = parts_.clock.After(next_look_, [this] { wake_.Notify(); });
    co_await wake_.Wait();
  }
}

void LogRotation::Changed() {
  if (std::exchange(soon_set_, true)) return;
  soon_ = parts_.clock.After(kSoonestLogLook, [this] { wake_.Notify(); });
}

/// What runs, and of what has ended what was not looked at since the start. One whose log lies elsewhere is somebody
/// else's, or of a start with other settings.
std::vector<LogRotation::Target> LogRotation::Targets() {
  std::vector<Target> targets;
  std::map<std::string, Known> known;
  for (const std::string& uid : parts_.states.AllUids()) {
    const observe::PodState& pod = parts_.states.Get(uid);
    for (const cri::Container& container : pod.containers) {
      const auto before = known_.find(container.id);
      Target target;
      target.taken_up = before != known_.end() && before->second.taken_up;
      target.running = container.state == cri::ContainerState::kRunning;
      if (before != known_.end()) known[container.id] = before->second;
      if (target.taken_up && !target.running) continue;
      target.id = container.id;
      target.uid = uid;
      target.pod = fmt::format("{}/{}", pod.ns, pod.name);
      target.container = container.name;
      target.log = parts_.layout.ContainerLogFile(pod.ns, pod.name, uid, container.name, container.attempt);
      target.link = parts_.layout.ContainerLogLink(pod.name, pod.ns, container.name, container.id);
      if (container.log_path == target.log) targets.push_back(std::move(target));
    }
  }
  known_ = std::move(known);
  return targets;
}

Task<Status> LogRotation::Look() {
  soon_set_ = false;
  next_look_ = kLogLook;
  std::vector<Target> targets = Targets();
  for (Target& target : targets) {
    if (target.taken_up) continue;
    const Status taken_up = co_await TakeUp(target);
    Say(target, taken_up);
    target.failed = !taken_up.ok();
  }
  std::erase_if(targets, [](const Target& target) { return !target.running; });
  if (targets.empty()) co_return Status();
  auto measure = [logs = targets]() -> Result<std::vector<std::optional<int64_t>>> {
    std::vector<std::optional<int64_t>> sizes;
    for (const Target& target : logs) sizes.push_back(SizeOfLog(target.log));
    return sizes;
  };
  CO_TRY(const auto sizes, co_await parts_.pool.Run(std::move(measure)));
  const SteadyTime now = parts_.clock.Steady();
  for (size_t i = 0; i < targets.size(); ++i) {
    Note(targets[i], sizes[i]);
    const Status done = co_await LookAt(targets[i], sizes[i]);
    if (!done.ok() || !targets[i].failed) Say(targets[i], done);
    if (!done.ok() && RuntimeIsAway(done.error())) break;
  }
  last_look_ = now;
  co_return Status();
}

/// The first look at a container since the start, and the next ones until it succeeds: what a kill left beside its log.
Task<Status> LogRotation::TakeUp(const Target& target) {
  known_.try_emplace(target.id);  // for what is said
  auto tidy = [log = target.log, link = target.link, running = target.running, limits = limits_,
               busy = compression_.Waiting(), now = parts_.clock.Now()]() -> Result<RotationPlan> {
    if (running) TRYV(MakeLogLink(log, link));
    return SetLogAside(log, false, limits, busy, now);
  };
  const Result<RotationPlan> plan = co_await parts_.pool.Run(std::move(tidy));
  if (plan.ok()) Compress(target, *plan);
  const Status done = UnlessGone(plan.ok() ? Status() : Status(plan.error()));
  known_[target.id].taken_up = done.ok();
  co_return done;
}

/// Still, after waiting for others: the directory of a pod that is gone must not be made again.
bool LogRotation::Runs(const Target& target) const {
  const std::vector<cri::Container>& containers = parts_.states.Get(target.uid).containers;
  return std::any_of(containers.begin(), containers.end(), [&](const cri::Container& container) {
    return container.id == target.id && container.state == cri::ContainerState::kRunning;
  });
}

Task<Status> LogRotation::LookAt(const Target& target, std::optional<int64_t> size) {
  if (!Runs(target)) co_return Status();
  if (!size) co_return co_await BeginAgain(target);
  if (*size >= limits_.max_size) co_return co_await Rotate(target);
  co_return Status();
}

/// Its log is gone: removed by somebody, or renamed by an agent that was killed before the runtime heard of it.
Task<Status> LogRotation::BeginAgain(const Target& target) {
  auto make = [log = target.log] { return MakeLogDirectory(log); };
  CO_TRYV(co_await parts_.pool.Run(std::move(make)));
  const Status reopened = co_await parts_.runtime.ReopenContainerLog(target.id);
  if (!reopened.ok()) co_return co_await UnlessEnded(target, reopened);
  auto make_link = [log = target.log, link = target.link] { return MakeLogLink(log, link); };
  co_return co_await parts_.pool.Run(std::move(make_link));
}

Task<Status> LogRotation::Rotate(const Target& target) {
  auto set_aside = [log = target.log, limits = limits_, busy = compression_.Waiting(), now = parts_.clock.Now()] {
    return SetLogAside(log, true, limits, busy, now);
  };
  const Result<RotationPlan> plan = co_await parts_.pool.Run(std::move(set_aside));
  if (!plan.ok()) co_return UnlessGone(Status(plan.error()));
  const Status reopened = co_await parts_.runtime.ReopenContainerLog(target.id);
  if (reopened.ok()) {
    known_[target.id].size = 0;
    Compress(target, *plan);
    log::Debug("pod {}: rotated the log of container \"{}\" to {}", target.pod, target.container, plan->rename_to);
    co_return Status();
  }
  auto put_back = [log = target.log, name = plan->rename_to] { return PutLogBack(log, name); };
  const Status back = co_await parts_.pool.Run(std::move(put_back));
  if (!back.ok()) Say(target, back);
  co_return co_await UnlessEnded(target, reopened);
}

/// What the runtime refused, but of a container that has ended meanwhile. It is asked: that may not be heard of yet.
Task<Status> LogRotation::UnlessEnded(const Target& target, Status refused) {
  const ErrorCode code = refused.error().code;
  if (!Runs(target) || code == ErrorCode::kNotFound) co_return Status();
  if (code == ErrorCode::kUnavailable || code == ErrorCode::kDeadlineExceeded) co_return refused;
  const Result<cri::Container> now = co_await parts_.runtime.ContainerStatus(target.id);
  if (!now.ok()) co_return now.error().code == ErrorCode::kNotFound ? Status() : refused;
  co_return now->state == cri::ContainerState::kRunning ? refused : Status();
}

/// How fast it grows says when to look again. A log that is smaller than before was begun anew.
void LogRotation::Note(const Target& target, std::optional<int64_t> size) {
  Known& known = known_[target.id];
  const std::optional<int64_t> before = std::exchange(known.size, size);
  if (!size) return;
  const int64_t grown = before && *before <= *size ? *size - *before : *size;
  // Of a log that is seen for the first time nothing is known but its size: it may be a second old.
  const Duration over = before ? parts_.clock.Steady() - last_look_ : kSoonestLogLook;
  const int64_t left = *size >= limits_.max_size ? 0 : *size;
  next_look_ = std::min(next_look_, NextLogLook(left, grown, over, limits_));
}

void LogRotation::Compress(const Target& target, const RotationPlan& plan) {
  const std::filesystem::path directory = std::filesystem::path(target.log).parent_path();
  for (const std::string& name : plan.compress) compression_.Add(directory / name);
}

/// A failure is said once, until it is over.
void LogRotation::Say(const Target& target, const Status& done) {
  const auto known = known_.find(target.id);
  if (known == known_.end()) return;
  const bool before = std::exchange(known->second.failed, !done.ok());
  if (done.ok() || before) return;
  log::Warning("pod {}: rotating the log of container \"{}\" failed, trying again: {}", target.pod, target.container,
               done.error().message);
}

}  // namespace ordinal::node

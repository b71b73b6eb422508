#include "agent/podsync/steps/start_container.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/base/log.h"
#include "agent/podsync/cgroups.h"
#include "agent/podsync/end_cgroups.h"
#include "agent/podsync/files.h"
#include "agent/podsync/hooks.h"
#include "agent/podsync/plan.h"
#include "agent/podsync/pod_cgroup.h"
#include "agent/podsync/resources.h"
#include "agent/podsync/rounds.h"
#include "agent/podsync/steps/container_files.h"
#include "agent/podsync/steps/env_files.h"
#include "agent/podsync/steps/find_image.h"
#include "agent/podsync/steps/runtime_class.h"
#include "agent/probes/within.h"

namespace ordinal::podsync {
namespace {

/// How a start counts for the backoff of the one after it.
struct Counted {
  uint32_t streak = 0;             ///< restarts in a row
  std::optional<Backoff> backoff;  ///< absent: it is no restart
};

/// Whatever is started again waits longer the next time, unless it ran long enough to be forgiven, or its image was
/// changed: then it begins anew. What was ended for the end of another one waits no longer for that.
Counted CountRestart(const StepContext& context, const StartContainer& start, const std::string& name) {
  if (start.attempt == 0) return {};
  const observe::PodState& state = context.services.states.Get(context.pod.meta.uid);
  const cri::Container* last = LastEnd(state, name);
  const cri::Container* newest = Newest(state, name);
  // Starts that were cut off have a number and are no restarts.
  if (last == nullptr && newest != nullptr && StartCutOff(*newest)) return {};
  const BackoffLimits& limits = context.memory.restart_backoff;
  if (last != nullptr && ImageChanged(context.pod, start, *last)) return {0, Backoff(limits)};
  const Duration ran = last == nullptr ? Duration::zero() : RanFor(*last);
  if (last != nullptr && EndedWithItsRound(*last, start.round, context.pod, state, context.memory)) {
    if (ran >= limits.forget_after) return {0, Backoff(limits)};
    return {StreakOf(*last), std::nullopt};
  }
  const uint32_t before = last == nullptr ? start.attempt - 1 : StreakOf(*last);
  const auto known = context.memory.restarts.find(name);
  Backoff backoff = known != context.memory.restarts.end() ? known->second : Backoff::AfterRestarts(limits, before);
  backoff.Advance(ran);
  return {ran >= limits.forget_after ? 1 : before + 1, backoff};
}

/// Whose processes an ephemeral container is to see; empty: nobody's.
Result<std::string> TargetOf(const StepContext& context, const api::Container& container) {
  if (container.target.empty()) return std::string();
  const observe::PodState& state = context.services.states.Get(context.pod.meta.uid);
  const cri::Container* target = Newest(state, container.target, context.sandbox_id);
  if (target != nullptr && target->state == cri::ContainerState::kRunning) return target->id;
  return MakeError(
      ErrorCode::kFailedPrecondition,
      fmt::format("the container \"{}\" that it looks into (targetContainerName) does not run", container.target),
      "CreateContainerConfigError");
}

bool AnyRuns(const observe::PodState& state) {
  return std::any_of(state.containers.begin(), state.containers.end(),
                     [](const cri::Container& container) { return container.state == cri::ContainerState::kRunning; });
}

/// The runtime has made the pod's cgroup with the sandbox. Where something of the pod runs in it already, it gets no
/// less than it has: that is for a resize, which looks at what is used.
Task<void> LimitPod(StepContext& context) {
  const NodeFacts& node = context.services.node;
  const std::string parent = CgroupParent(context.pod.spec, context.pod.meta.uid, node.systemd_cgroup);
  Allocations* allocations = context.services.allocations;
  const LimitsPart part =
      AnyRuns(context.services.states.Get(context.pod.meta.uid)) ? LimitsPart::kMore : LimitsPart::kAll;
  const int64_t burstable = allocations == nullptr ? 0 : allocations->BurstableCpuMilli();
  auto limit = [root = node.cgroup_root, parent, most = node.pod_pids_limit, limits = PodLimitsOf(context.pod.spec),
                part, burstable]() -> Result<std::pair<Status, Status>> {
    Status resources = WritePodLimits(root, parent, limits, part);
    const Status shares = WriteClassShares(root, parent, burstable);
    if (resources.ok()) resources = shares;
    return std::pair{LimitProcesses(root, parent, most), resources};
  };
  const auto limited = co_await context.services.pool.Run(std::move(limit));
  if (!limited.ok()) co_return;
  const auto& [processes, resources] = *limited;
  if (!processes.ok() && node.pod_pids_limit >= 0) {
    log::Warning("pod {}: its processes are not limited: {}", context.PodName(), processes.error().message);
  }
  if (!resources.ok() && resources.error().code != ErrorCode::kNotFound) {
    log::Warning("pod {}: its cgroup has not all limits: {}", context.PodName(), resources.error().message);
  } else if (part == LimitsPart::kAll && allocations != nullptr) {
    allocations->Finished(context.pod.meta.uid, context.seen.allocated);
  }
}

/// Never two processes of one container side by side, on one volume: what the runtime says has ended has.
Task<Status> EndPredecessors(StepContext& context, const std::string& name) {
  std::vector<std::string> ended;
  for (const cri::Container& container : context.services.states.Get(context.pod.meta.uid).containers) {
    const bool over = container.state == cri::ContainerState::kExited;
    if (container.name == name && over) ended.push_back(container.id);
  }
  Services& services = context.services;
  CgroupsOfPod cgroups{services.node.cgroup_root, context.pod.meta.uid};
  CO_TRY(const int found, co_await EndProcessesOfEnded(services.clock, services.pool, std::move(cgroups), ended));
  if (found == 0) co_return Status();
  log::Warning("pod {}: a process of container \"{}\" ran on after its end and was killed", context.PodName(), name);
  co_return Status();
}

/// Where people and programs look for logs by the names of pod and container.
Task<void> LinkLog(StepContext& context, const std::string& container, std::string id, std::string log) {
  const std::string link =
      context.services.layout.ContainerLogLink(context.pod.meta.name, context.pod.meta.ns, container, id);
  auto make_link = [log = std::move(log), link] { return Link(log, link); };
  const Status linked = co_await context.services.pool.Run(std::move(make_link));
  if (!linked.ok()) log::Warning("pod {}: {}", context.PodName(), linked.error().message);
}

void Started(StepContext& context, const StartContainer& step, const std::string& name, const std::string& id) {
  context.memory.waiting.erase(name);
  context.memory.retries.erase(name);
  log::Info("pod {}: started container \"{}\" id={:.12} restart={}", context.PodName(), name, id, step.attempt);
  context.Say(name, events::Severity::kNormal, "Started", fmt::format("Started container {}", name));
}

/// The postStart hook. Until it has ended the container is not shown as running, and no probe asks it; when it fails
/// the container is ended, and starts again as after any end.
Task<void> AfterStart(StepContext& context, const api::Container& container, std::string id,
                      const std::function<bool()>& wanted) {
  Services& services = context.services;
  const auto outcome = co_await probes::Safely(services.checks.Run(
      WhereOf(services.node, services.states, context.pod, container.name, id), container.hooks.post_start));
  if (!outcome.passed() && wanted()) {
    log::Warning("pod {}: postStart hook of container \"{}\" failed: {}", context.PodName(), container.name,
                 outcome.message);
    context.Say(container.name, events::Severity::kWarning, "FailedPostStartHook", "PostStartHook failed");
    context.Say(container.name, events::Severity::kNormal, "Killing", "FailedPostStartHook");
    const auto grace = std::chrono::seconds(context.pod.spec.termination_grace_seconds);
    const Status ended = co_await context.endings->End(context.held, container.name, id, grace);
    if (!ended.ok()) log::Warning("pod {}: {}", context.PodName(), ended.error().message);
  }
  context.memory.starting.erase(id);
}

}  // namespace

Task<Status> Perform(StepContext& context, const StartContainer& step, const std::function<bool()>& wanted) {
  const api::Container& container = context.ContainerOf(step);
  context.images.clear();
  CO_TRY(std::optional<cri::Image> image, co_await FindImage(context, container));
  if (!image || !wanted()) co_return Status();
  ContainerFacts facts;
  facts.init = step.init;
  facts.index = step.index;
  facts.attempt = step.attempt;
  facts.ephemeral = step.ephemeral;
  facts.round = step.round;
  const Counted counted = CountRestart(context, step, container.name);
  facts.streak = counted.streak;
  CO_TRY(facts.target_id, TargetOf(context, container));
  facts.image = std::move(*image);
  facts.env = FactsOf(context.services, context.pod, context.ips);
  facts.env.env_files = co_await ReadEnvFiles(context, container);
  CO_TRYV(co_await WriteFiles(context, container, step.attempt));
  CO_TRY(std::optional<std::vector<cri::Mount>> mounts, co_await MountsFor(context, container, step.attempt));
  if (!mounts) co_return Status();
  UseImages(context);
  if (!wanted()) co_return Status();
  facts.mounts = std::move(*mounts);
  CO_TRY(facts.users, co_await UsersOf(context));
  context.sandbox_config.namespaces.users = facts.users;
  facts.given = context.seen.allocated.PortionOf(container.name);
  CO_TRY(cri::ContainerConfig config, MakeContainerConfig(context.pod, context.services.node, facts));
  std::string log = fmt::format("{}/{}", context.sandbox_config.log_directory, config.log_path);
  CO_TRYV(co_await EndPredecessors(context, container.name));
  if (!wanted()) co_return Status();
  CO_TRY(const std::string id, co_await context.services.runtime.CreateContainer(context.sandbox_id, std::move(config),
                                                                                 context.sandbox_config));
  context.Say(container.name, events::Severity::kNormal, "Created",
              fmt::format("Created container: {}", container.name));
  if (counted.backoff) context.memory.restarts.insert_or_assign(container.name, *counted.backoff);
  co_await LimitPod(context);
  if (!wanted()) co_return Status();
  if (container.hooks.post_start) context.memory.starting.insert(id);
  const Status running = co_await context.services.runtime.StartContainer(id);
  if (!running.ok()) context.memory.starting.erase(id);
  CO_TRYV(running);
  Started(context, step, container.name, id);
  co_await LinkLog(context, container.name, id, std::move(log));
  if (container.hooks.post_start) co_await AfterStart(context, container, id, wanted);
  co_return Status();
}

}  // namespace ordinal::podsync

#include "agent/podsync/steps/start_container.h"

#include <fmt/format.h>

#include "agent/base/log.h"
#include "agent/podsync/cgroups.h"
#include "agent/podsync/end_cgroups.h"
#include "agent/podsync/files.h"
#include "agent/podsync/plan.h"
#include "agent/podsync/resources.h"
#include "agent/podsync/steps/container_files.h"
#include "agent/podsync/steps/find_image.h"

namespace ordinal::podsync {
namespace {

/// Whatever is started again waits longer the next time, unless it ran long enough to be forgiven.
void CountRestart(StepContext& context, const StartContainer& start, const std::string& name) {
  if (start.attempt == 0) return;
  const observe::PodState& state = context.services.states.Get(context.pod.meta.uid);
  const cri::Container* last = LastEnd(state, name);
  const cri::Container* newest = Newest(state, name);
  // Starts that were cut off have a number and are no restarts.
  if (last == nullptr && newest != nullptr && StartCutOff(*newest)) return;
  const uint32_t restarts = last == nullptr ? start.attempt - 1 : std::min(start.attempt - 1, last->attempt);
  Memory& memory = context.memory;
  Backoff& backoff =
      memory.restarts.emplace(name, Backoff::AfterRestarts(memory.restart_backoff, restarts)).first->second;
  backoff.Advance(last == nullptr ? Duration::zero() : RanFor(*last));
}

/// The runtime has made the pod's cgroup with the sandbox; nothing of the pod's own runs in it before this.
Task<void> LimitProcessesOfPod(StepContext& context) {
  const NodeFacts& node = context.services.node;
  const std::string parent = CgroupParent(context.pod.spec, context.pod.meta.uid, node.systemd_cgroup);
  auto limit = [root = node.cgroup_root, parent, most = node.pod_pids_limit] {
    return LimitProcesses(root, parent, most);
  };
  const Status limited = co_await context.services.pool.Run(std::move(limit));
  if (limited.ok() || node.pod_pids_limit < 0) co_return;
  log::Warning("pod {}: its processes are not limited: {}", context.PodName(), limited.error().message);
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

}  // namespace

Task<Status> Perform(StepContext& context, const StartContainer& step, const std::function<bool()>& wanted) {
  const api::Container& container = context.ContainerOf(step);
  CO_TRY(std::optional<cri::Image> image, co_await FindImage(context, container));
  if (!image || !wanted()) co_return Status();
  ContainerFacts facts;
  facts.init = step.init;
  facts.index = step.index;
  facts.attempt = step.attempt;
  facts.image = std::move(*image);
  facts.env = FactsOf(context.services, context.ips);
  CO_TRYV(co_await WriteFiles(context, container, step.attempt));
  CO_TRY(facts.mounts, co_await MountsFor(context, container, step.attempt));
  CO_TRY(cri::ContainerConfig config, MakeContainerConfig(context.pod, context.services.node, facts));
  std::string log = fmt::format("{}/{}", context.sandbox_config.log_directory, config.log_path);
  CO_TRYV(co_await EndPredecessors(context, container.name));
  if (!wanted()) co_return Status();
  CO_TRY(const std::string id, co_await context.services.runtime.CreateContainer(context.sandbox_id, std::move(config),
                                                                                 context.sandbox_config));
  context.Say(container.name, events::Severity::kNormal, "Created",
              fmt::format("Created container: {}", container.name));
  CountRestart(context, step, container.name);
  co_await LimitProcessesOfPod(context);
  if (!wanted()) co_return Status();
  CO_TRYV(co_await context.services.runtime.StartContainer(id));
  Started(context, step, container.name, id);
  co_await LinkLog(context, container.name, id, std::move(log));
  co_return Status();
}

}  // namespace ordinal::podsync

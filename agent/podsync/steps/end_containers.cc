#include "agent/podsync/steps/end_containers.h"

#include <fmt/format.h>

#include "agent/base/log.h"
#include "agent/podsync/end_pod.h"
#include "agent/podsync/plan.h"

namespace ordinal::podsync {
namespace {

std::string Told(const ContainerKill& kill) {
  if (!kill.said.empty()) return kill.said;
  return kill.why == kSandboxChanged ? fmt::format("Stopping container {}", kill.name)
                                     : fmt::format("Stopping container {}: {}", kill.name, kill.why);
}

/// They start again whatever their policy and exit code are, also when the agent is killed before it started them.
Task<void> KeepRestarting(StepContext& context, const EndContainers& step) {
  std::vector<std::string> resized;
  for (const ContainerKill& kill : step.containers) {
    if (kill.restarts) resized.push_back(kill.id);
  }
  if (resized.empty()) co_return;
  context.memory.ended_to_restart.insert(resized.begin(), resized.end());
  Allocations* allocations = context.services.allocations;
  if (allocations == nullptr) co_return;
  const std::string uid = context.pod.meta.uid;
  allocations->EndToRestart(context.services.states.Get(uid), resized);
  const Status kept = co_await allocations->Keep(uid);
  if (!kept.ok()) log::Warning("pod {}: keeping its resources: {}", context.PodName(), kept.error().message);
}

}  // namespace

Task<Status> Perform(StepContext& context, const EndContainers& step, bool sandbox_follows) {
  co_await KeepRestarting(context, step);
  for (const ContainerKill& kill : step.containers) {
    context.Say(kill.name, events::Severity::kNormal, "Killing", Told(kill));
    if (kill.with_pod) context.memory.ended_with_pod.insert(kill.id);
  }
  // A runtime that is asked no more does not kill in the end: these calls go on even when the pod's own end comes.
  Services& services = context.services;
  const Status ended = co_await EndTogether(services.executor, services.clock, *context.endings, context.held, step);
  co_return sandbox_follows ? Status() : ended;
}

}  // namespace ordinal::podsync

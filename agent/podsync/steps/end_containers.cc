#include "agent/podsync/steps/end_containers.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/base/bounded_time.h"
#include "agent/base/log.h"
#include "agent/base/together.h"
#include "agent/podsync/plan.h"

namespace ordinal::podsync {
namespace {

std::string Told(const ContainerKill& kill) {
  if (!kill.said.empty()) return kill.said;
  return kill.why == kSandboxChanged ? fmt::format("Stopping container {}", kill.name)
                                     : fmt::format("Stopping container {}: {}", kill.name, kill.why);
}

// What one that ends after others has at least (pkg/kubelet/kuberuntime, minimumGracePeriodInSeconds).
constexpr int64_t kLeastOfGraceSeconds = 2;

int64_t SecondsToEnd(const StepContext& context, const ContainerKill& kill) {
  const int64_t grace = BoundedSeconds(kill.grace_seconds.value_or(context.pod.spec.termination_grace_seconds));
  if (!kill.pod_ends) return grace;
  const auto left = std::chrono::ceil<std::chrono::seconds>(*kill.pod_ends - context.services.clock.Now());
  return std::min(grace, std::max<int64_t>(kLeastOfGraceSeconds, left.count()));
}

/// They start again whatever their exit code is, also when the agent is killed before it started them.
Task<void> KeepResized(StepContext& context, const EndContainers& step) {
  std::vector<std::string> resized;
  for (const ContainerKill& kill : step.containers) {
    if (kill.resizes) resized.push_back(kill.id);
  }
  if (resized.empty()) co_return;
  context.memory.ended_to_resize.insert(resized.begin(), resized.end());
  Allocations* allocations = context.services.allocations;
  if (allocations == nullptr) co_return;
  const std::string uid = context.pod.meta.uid;
  allocations->EndToResize(context.services.states.Get(uid), resized);
  const Status kept = co_await allocations->Keep(uid);
  if (!kept.ok()) log::Warning("pod {}: keeping its resources: {}", context.PodName(), kept.error().message);
}

}  // namespace

Task<Status> Perform(StepContext& context, const EndContainers& step, bool sandbox_follows) {
  co_await KeepResized(context, step);
  std::vector<Task<Status>> ends;
  for (const ContainerKill& kill : step.containers) {
    log::Info("pod {}: stopping container \"{}\": {}", context.PodName(), kill.name, kill.why);
    context.Say(kill.name, events::Severity::kNormal, "Killing", Told(kill));
    if (kill.with_pod) context.memory.ended_with_pod.insert(kill.id);
    const std::chrono::seconds grace(SecondsToEnd(context, kill));
    ends.push_back(context.endings->End(context.held, kill.name, kill.id, grace));
  }
  // A runtime that is asked no more does not kill in the end: these calls go on even when the pod's own end comes.
  const Status ended = co_await Apart(context.services.executor, "stop containers", std::move(ends));
  co_return sandbox_follows ? Status() : ended;
}

}  // namespace ordinal::podsync

#include "agent/podsync/steps/end_containers.h"

#include <fmt/format.h>

#include "agent/base/log.h"
#include "agent/base/together.h"
#include "agent/podsync/end_container.h"
#include "agent/podsync/plan.h"

namespace ordinal::podsync {

Task<Status> Perform(StepContext& context, const EndContainers& step, bool sandbox_follows) {
  const auto grace = std::chrono::seconds(context.pod.spec.termination_grace_seconds);
  std::vector<Task<Status>> ends;
  for (const ContainerKill& kill : step.containers) {
    log::Info("pod {}: stopping container \"{}\": {}", context.PodName(), kill.name, kill.why);
    context.Say(kill.name, events::Severity::kNormal, "Killing",
                kill.why == kSandboxChanged ? fmt::format("Stopping container {}", kill.name)
                                            : fmt::format("Stopping container {}: {}", kill.name, kill.why));
    ends.push_back(EndContainer(context.services.runtime, kill.id, grace));
  }
  // A runtime that is asked no more does not kill in the end: these calls go on even when the pod's own end comes.
  const Status ended = co_await Apart(context.services.executor, "stop containers", std::move(ends));
  co_return sandbox_follows ? Status() : ended;
}

}  // namespace ordinal::podsync

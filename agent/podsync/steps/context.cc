#include "agent/podsync/steps/context.h"

#include <fmt/format.h>

#include <set>

#include "agent/base/log.h"
#include "agent/podsync/plan.h"

namespace ordinal::podsync {
namespace {

constexpr Duration kHeldUpRetry = std::chrono::milliseconds(50);
constexpr int kMostHeldUp = 100;

/// Reasons of a waiting container that are said as an event "Failed" (pkg/kubelet/events).
const std::set<std::string>& StartFailures() {
  static const std::set<std::string> reasons{"CreateContainerConfigError", "CreateContainerError", "RunContainerError",
                                             "StartError"};
  return reasons;
}

/// True when the runtime still holds the container's name for one that an agent was making as it was killed: that is
/// given up by the runtime in a moment, or shows in the next list, and is nobody's failure.
bool HeldUp(StepContext& context, const std::string& name, const Error& error) {
  if (error.code != ErrorCode::kAlreadyExists) return false;
  Retry& retry = context.memory.retries[name];
  if (++retry.held_up > kMostHeldUp) return false;
  retry.After(kHeldUpRetry, context.services.clock.Now());
  context.LookAgain(retry.not_before);
  return true;
}

}  // namespace

StepContext ContextOf(Services& services, std::shared_ptr<const api::Pod> held, const PodSeen& seen, Memory& memory,
                      std::shared_ptr<Endings> endings, std::function<void()> image_arrived) {
  const api::Pod& pod = *held;
  StepContext context{services, pod, seen, memory, std::move(held), std::move(endings), std::move(image_arrived), {},
                      seen.ips, {},  {},   {}};
  const cri::Sandbox* sandbox = UsableSandbox(pod, seen.runtime);
  if (sandbox == nullptr) return context;
  context.sandbox_id = sandbox->id;
  context.sandbox_config = MakeSandboxConfig(pod, services.node, services.layout, sandbox->attempt);
  return context;
}

void FailContainer(StepContext& context, const api::Container& container, const Error& error) {
  if (HeldUp(context, container.name, error)) return;
  const std::string reason = error.reason.empty() ? "CreateContainerError" : error.reason;
  log::Warning("pod {}: container \"{}\": {}: {}", context.PodName(), container.name, reason, error.message);
  if (StartFailures().contains(reason)) {
    context.Say(container.name, events::Severity::kWarning, "Failed", "Error: " + error.message);
  } else {
    context.Say(container.name, events::Severity::kWarning, reason, error.message);
  }
  context.memory.waiting[container.name] = {reason, error.message};
  Retry& retry = context.memory.retries[container.name];
  retry.backoff.Advance(Duration::zero());
  retry.After(retry.backoff.delay(), context.services.clock.Now());
  context.LookAgain(retry.not_before);
}

void FailPod(StepContext& context, const std::string& what, const Error& error) {
  const std::string reason = error.reason.empty() ? "FailedCreatePodSandBox" : error.reason;
  FailWith(context, context.memory.pod_retry, what, Error{error.code, error.message, reason});
}

void FailWith(StepContext& context, std::optional<Retry>& slot, const std::string& what, const Error& error) {
  Retry& retry = slot ? *slot : slot.emplace();
  const bool repeated = retry.why.message == error.message;
  retry.why = {error.reason, error.message};
  retry.backoff.Advance(Duration::zero());
  retry.After(retry.backoff.delay(), context.services.clock.Now());
  context.LookAgain(retry.not_before);
  if (repeated) return;  // said already
  log::Warning("pod {}: {}: {}: {}", context.PodName(), what, error.reason, error.message);
  context.Say("", events::Severity::kWarning, error.reason, error.message);
}

}  // namespace ordinal::podsync

// What a worker says of its pod, and why it does not take it.
#include <fmt/format.h>

#include "agent/podsync/backoff_words.h"
#include "agent/podsync/refusals.h"
#include "agent/podsync/worker.h"

namespace ordinal::podsync {
namespace {

/// Something was done for it already, by this agent or an earlier one.
bool Begun(const api::Pod& pod, const observe::PodState& state) {
  return pod.status.start_time || !state.sandboxes.empty() || !state.containers.empty();
}

}  // namespace

void Worker::SayDeadline(const api::Pod& pod, const Plan& plan) {
  if (!plan.deadline_exceeded || !memory_.failed_reason.empty()) return;
  memory_.failed_reason = "DeadlineExceeded";
  memory_.failed_message = "Pod was active on the node longer than the specified deadline";
  services_.recorder.Record({pod.object, events::Severity::kNormal, memory_.failed_reason, memory_.failed_message});
}

/// Once for each sandbox that is replaced.
void Worker::SaySandboxChanged(const api::Pod& pod, const observe::PodState& state) {
  if (state.sandboxes.empty() || !memory_.changes_said.insert(state.sandboxes.front().id).second) return;
  services_.recorder.Record({pod.object, events::Severity::kNormal, "SandboxChanged", kSandboxChanged});
}

/// What this node cannot do for the pod, or may not: a port mapping to where the agent listens would lead everybody who
/// wants the agent to the pod, also whoever wants to delete it. Placement gives no pod such a port: this one was placed
/// by its writer, or by an agent that listened elsewhere. It fails, and what it already has of the host is taken from
/// it.
void Worker::Refuse(const api::Pod& pod) {
  if (!memory_.failed_reason.empty() || pod.Terminal()) return;
  const bool begun = Begun(pod, services_.states.Get(uid_));
  const std::optional<Refusal> refusal = RefusalOf(pod, services_.node, begun);
  if (refusal) Reject(pod, *refusal);
}

void Worker::Refuse(const Refusal& refusal) {
  Reject(*wanted_, refusal);
  News();
}

void Worker::Reject(const api::Pod& pod, const Refusal& refusal) {
  memory_.failed_reason = refusal.reason;
  memory_.failed_message = "Pod was rejected: " + refusal.message;
  services_.recorder.Record({pod.object, events::Severity::kWarning, refusal.reason, refusal.message});
}

/// Once for each thing that was decided.
void Worker::SayResize(const api::Pod& pod) {
  const PendingResize* pending = services_.allocations->PendingOf(uid_);
  const std::string said = pending == nullptr ? "" : pending->reason + pending->message;
  if (std::exchange(memory_.resize_said, said) == said || pending == nullptr) return;
  services_.recorder.Record({pod.object, events::Severity::kWarning, "Resize" + pending->reason,
                             fmt::format("Pod resize {}: {}", pending->reason, pending->message)});
}

/// Asked once, of a pod that nothing was done for yet: a kubelet's admission (pkg/kubelet/kubelet.go: rejectPod).
void Worker::RefuseNew(const api::Pod& pod) {
  if (std::exchange(admitted_, true) || !services_.refusal) return;
  if (Begun(pod, services_.states.Get(uid_)) || pod.Terminal() || !memory_.failed_reason.empty()) return;
  const Waiting why = services_.refusal(pod);
  if (!why.reason.empty()) Reject(pod, {why.reason, why.message});
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

}  // namespace ordinal::podsync

#include "agent/controllers/statefulset/wait.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/controllers/conditions.h"
#include "agent/controllers/failure_row.h"
#include "agent/controllers/pod_readiness.h"
#include "agent/controllers/statefulset/identity.h"

namespace ordinal::controllers::statefulset {
namespace {

using api::Json;
using api::Pod;

std::string Describe(const Pod& pod) { return fmt::format("pod {} (revision {})", pod.meta.name, RevisionOf(pod)); }

/// Why a container waits, if the reason is one that does not pass by itself.
struct ContainerFault {
  std::string container, reason, message;
};
std::optional<ContainerFault> FaultIn(const std::vector<api::ContainerStatus>& statuses) {
  for (const api::ContainerStatus& status : statuses) {
    const auto* waiting = std::get_if<api::WaitingState>(&status.state);
    if (waiting == nullptr || waiting->reason.empty()) continue;
    if (waiting->reason == "ContainerCreating" || waiting->reason == "PodInitializing") continue;
    return ContainerFault{status.name, waiting->reason, waiting->message};
  }
  return std::nullopt;
}

std::string Help(const Pod& pod, const ContainerFault& fault) {
  if (fault.reason == "CrashLoopBackOff") {
    return fmt::format(
        "see why with \"kubectl logs -n {0} {1} -c {2} --previous\" and \"kubectl describe -n {0} pod {1}\", "
        "and correct the template or what it needs",
        pod.meta.ns, pod.meta.name, fault.container);
  }
  if (fault.reason.find("Image") != std::string::npos) {
    return "correct the image's name, or see that its registry can be reached from this host";
  }
  return fmt::format("see its events with \"kubectl describe -n {} pod {}\" and correct the template", pod.meta.ns,
                     pod.meta.name);
}

Wait WaitForContainer(const Pod& pod, const ContainerFault& fault, WallTime now) {
  const std::string detail = fault.message.empty() ? fault.reason : fault.reason + ": " + fault.message;
  return Wait{pod.meta.name, fault.reason,
              fmt::format("{}: container {}: {}; {}", Describe(pod), fault.container, detail, Help(pod, fault)), now};
}

Wait WaitForEnd(const Pod& pod) {
  return Wait{
      pod.meta.name, "Terminating",
      fmt::format("{} is being deleted and should have been gone by {}; see what its containers do with SIGTERM, "
                  "and whether a finalizer holds it",
                  Describe(pod), FormatTime(*pod.meta.deleted)),
      *pod.meta.deleted + kPatience};
}

}  // namespace

Wait WaitForPod(const Pod& pod, WallTime now) {
  if (pod.deleting()) return WaitForEnd(pod);
  if (RunningAndReady(pod)) {
    return Wait{pod.meta.name, "NotAvailable", Describe(pod) + " has to stay ready for minReadySeconds", std::nullopt};
  }
  for (const auto* statuses : {&pod.status.init_container_statuses, &pod.status.container_statuses}) {
    if (const auto fault = FaultIn(*statuses)) return WaitForContainer(pod, *fault, now);
  }
  const WallTime made = pod.meta.created.value_or(now);
  const api::Condition* placed = pod.FindCondition("PodScheduled");
  if (placed != nullptr && placed->status == "False") {
    return Wait{pod.meta.name, placed->reason.empty() ? "Unschedulable" : placed->reason,
                fmt::format("{} cannot be placed: {}; create or free what it asks for", Describe(pod), placed->message),
                made + kPatience};
  }
  const api::Condition* ready = pod.FindCondition("Ready");
  const WallTime since = std::max(made, ready == nullptr ? made : ready->last_transition.value_or(made));
  return Wait{pod.meta.name, "NotReady",
              fmt::format("{} has not been ready since {}; see its events with \"kubectl describe -n {} pod {}\"",
                          Describe(pod), FormatTime(since), pod.meta.ns, pod.meta.name),
              since + kPatience};
}

Wait WaitForSettling(const Pod& pod) {
  return Wait{pod.meta.name, "NotSettled", Describe(pod) + " has to stay up for a moment before the update goes on",
              std::nullopt};
}

Wait WaitForImages(const Pod& pod, const std::string& update, const ImageState& images, WallTime now) {
  if (images.phase == ImageState::Phase::kPulling) {
    return Wait{pod.meta.name, "PullingImage",
                fmt::format("{} is replaced when the images of revision {} are here", Describe(pod), update),
                std::nullopt};
  }
  return Wait{pod.meta.name, images.reason,
              fmt::format("{} runs on, because the images of revision {} are not to be had: {}; correct the image's "
                          "name, or see that its registry can be reached from this host",
                          Describe(pod), update, images.message),
              now};
}

Wait WaitForName(const std::string& pod_name, WallTime now) {
  return Wait{
      pod_name, "NameTaken",
      fmt::format("a pod {} exists that the set does not control; delete it, or give it the labels of the set's "
                  "selector if nothing else controls it",
                  pod_name),
      now, "FailedCreate"};
}

Wait WaitForClaim(const std::string& pod_name, const api::Meta& claim, WallTime now) {
  return Wait{pod_name, "ClaimDeleting",
              fmt::format("claim {} is being deleted; pod {} is created when it is gone, which nothing but a pod that "
                          "uses it or a finalizer can hold up",
                          claim.name, pod_name),
              claim.deleted.value_or(now) + kPatience, "FailedCreate"};
}

Wait WaitForBackOff(const Pod& pod, WallTime again, WallTime now) {
  return Wait{
      pod.meta.name, "BackOff",
      fmt::format("{} failed, as the one before it did: {}; it is made again at {}, or when the template changes",
                  Describe(pod), WhyFailed(pod), FormatTime(again)),
      now, "BackOff"};
}

const Wait* InTheWay(const std::vector<Wait>& waits, WallTime now) {
  const auto found =
      std::find_if(waits.begin(), waits.end(), [&](const Wait& wait) { return wait.since && *wait.since <= now; });
  return found == waits.end() ? nullptr : &*found;
}

std::optional<Duration> NextInTheWay(const std::vector<Wait>& waits, WallTime now) {
  std::optional<Duration> next;
  for (const Wait& wait : waits) {
    if (wait.since && *wait.since > now) next = std::min(next.value_or(*wait.since - now), Duration(*wait.since - now));
  }
  return next;
}

void SayProgress(const std::vector<Wait>& waits, bool moving, WallTime now, Json& conditions) {
  if (const Wait* wait = InTheWay(waits, now)) {
    SetCondition({kProgressing, "False", wait->reason, wait->message}, now, conditions);
  } else if (moving || !waits.empty()) {
    SetCondition({kProgressing, "True", "Rolling", "pods are being made, replaced or ended"}, now, conditions);
  } else {
    RemoveCondition(kProgressing, conditions);
  }
}

}  // namespace ordinal::controllers::statefulset

// What the steps of one plan share, and what the earlier ones leave to the later ones.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "agent/podsync/endings.h"
#include "agent/podsync/plan.h"
#include "agent/podsync/pod_seen.h"
#include "agent/podsync/step.h"

namespace ordinal::podsync {

/// An image that is there, as a start asked for it.
struct FoundImage {
  std::string reference, policy;
  Images::Credentials credentials;
  cri::Image image;
};

struct StepContext {
  Services& services;
  const api::Pod& pod;
  const PodSeen& seen;
  Memory& memory;
  std::shared_ptr<const api::Pod> held;  ///< `pod`, for what outlives the step
  std::shared_ptr<Endings> endings;
  std::function<void()> image_arrived;  ///< makes the worker look again

  std::string sandbox_id;
  std::vector<std::string> ips;
  cri::SandboxConfig sandbox_config;
  volumes::PodVolumesSpec volumes;
  std::optional<WallTime> look_again;      ///< when the worker should look at the latest, absent when nothing waits
  std::optional<cri::IdRange> users = {};  ///< of the pod's user namespace, from UsersOf()
  std::vector<FoundImage> images = {};     ///< of the container that is being started and of its mounts

  void LookAgain(WallTime when) {
    if (!look_again || when < *look_again) look_again = when;
  }
  /// Tells people of one container, or of the pod where `container` is empty.
  void Say(const std::string& container, events::Severity severity, std::string reason, std::string message) const {
    services.recorder.Record({pod.object, severity, std::move(reason), std::move(message), container});
  }
  std::string PodName() const { return pod.meta.ns + "/" + pod.meta.name; }
  const api::Container& ContainerOf(const StartContainer& start) const { return podsync::ContainerOf(pod.spec, start); }
};

/// A context before its first step.
StepContext ContextOf(Services& services, std::shared_ptr<const api::Pod> pod, const PodSeen& seen, Memory& memory,
                      std::shared_ptr<Endings> endings, std::function<void()> image_arrived);

/// A step of the pod as a whole failed: said once for each cause, tried again with backoff.
void FailPod(StepContext& context, const std::string& what, const Error& error);

/// The same with a retry of its own. `error` has a reason.
void FailWith(StepContext& context, std::optional<Retry>& slot, const std::string& what, const Error& error);

/// A container could not be made or started: said, shown as why it waits, tried again with backoff.
void FailContainer(StepContext& context, const api::Container& container, const Error& error);

}  // namespace ordinal::podsync

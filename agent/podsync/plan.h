// What to do next for one pod: pure, from the wanted pod, what is seen and what is remembered.
//
//   volumes ─> sandbox ─> init containers, one after another ─> containers together
//                            (a sidecar counts as done once it runs)
//
// A dead or missing sandbox means everything again in a new one, but for what the pod's restartPolicy keeps from being
// started twice. What still runs beside a dead one is stopped first, with the pod's grace. Ended containers come back
// by the pod's restartPolicy with backoff; what has ended for good makes the pod Succeeded or Failed.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/podsync/memory.h"
#include "agent/podsync/pod_seen.h"
#include "agent/podsync/step.h"

namespace ordinal::podsync {

/// Why what runs beside a lost sandbox is stopped, and the event of that (pkg/kubelet/kuberuntime, SyncPod).
inline constexpr char kSandboxChanged[] = "Pod sandbox changed, it will be killed and re-created.";

/// An ended container that is started again when its backoff ends.
struct ContainerBackoff {
  std::string id, name;
};

struct Plan {
  /// One after another, each when the one before is done: what ends, then what is made, then what makes room.
  std::vector<Step> steps;
  std::optional<WallTime> look_again;  ///< when a backoff or deadline ends
  std::vector<ContainerBackoff> backing_off;
  bool finished = false;  ///< every container ended for good: release the sandbox
  bool deadline_exceeded = false;

  /// Whether there is a step of that kind.
  template <class Kind>
  bool Has() const {
    return std::any_of(steps.begin(), steps.end(), [](const Step& step) { return std::holds_alternative<Kind>(step); });
  }
};

/// Of all containers of the pod; null when there is none of that name.
const api::Container* ContainerNamed(const api::PodSpec& spec, const std::string& name);

/// The name is an ephemeral container's.
bool IsEphemeral(const api::PodSpec& spec, const std::string& name);

/// The container that `start` starts.
const api::Container& ContainerOf(const api::PodSpec& spec, const StartContainer& start);

/// The start of a container or an init container, to ask of it: its number is not said.
StartContainer StartNamed(const api::PodSpec& spec, const std::string& name);

/// The newest container of that name in `sandbox_id` (any sandbox when empty), or null.
const cri::Container* Newest(const observe::PodState& state, const std::string& name,
                             const std::string& sandbox_id = {});

/// The sandbox containers belong in: the newest ready one that has an address (or uses the host's network).
const cri::Sandbox* UsableSandbox(const api::Pod& pod, const observe::PodState& state);

/// The newest container of that name that came to an end of its own, or null. One whose start was cut off because its
/// caller went away (the agent was killed) did not: it is no crash, and the end before it counts.
const cri::Container* LastEnd(const observe::PodState& state, const std::string& name);

/// True for a container whose start was cut off so.
bool StartCutOff(const cri::Container& container);

/// How long an ended container ran; zero for one that could not be started (the runtime gives no start time).
Duration RanFor(const cri::Container& ended);

/// True for an init container with restartPolicy Always. To be asked of init containers only.
bool IsSidecar(const api::Container& container);

/// The container's own restart policy, else the pod's.
const std::string& PolicyOf(const api::PodSpec& spec, const api::Container& container);

/// Whether an ended container is started again: by the first of its rules that fits the exit code, else by its policy.
/// An init container that did its work is not. `probe_failed`: it was ended because its liveness or startup probe
/// failed. Source: pkg/api/v1/pod, ContainerShouldRestart.
bool RestartsAfterExit(const api::PodSpec& spec, const api::Container& container, bool init, int32_t exit_code,
                       bool probe_failed = false);

/// io.kubernetes.container.hash ("78725ff3"): FNV-1a over what an update may change of a running container, its image,
/// and its name. Not over the whole document: a newer agent fills in defaults that were not there when it started
/// (kubelet, HashContainer since 1.31).
std::string ContainerHash(const api::Json& container);
/// The same over the whole document, as agents before wrote it.
std::string DocumentHash(const api::Json& container);

/// `made` was made of another image than `start` would be made of now.
bool ImageChanged(const api::Pod& pod, const StartContainer& start, const cri::Container& made);

/// How many restarts in a row an ended container's backoff counts: those since it last ran for long, or since its image
/// changed. It is kept with the container, so that it outlives the agent.
uint32_t StreakOf(const cri::Container& ended);

/// When a container that ended may be started again: at once when its image was changed since. Also at once where it
/// ended later than `now`: the clock was put back, and nobody knows how long it has waited.
WallTime RestartTime(const api::Pod& pod, const StartContainer& start, const observe::PodState& state,
                     const Memory& memory, WallTime now);

/// The next steps for a pod that is wanted (not being deleted).
Plan PlanPod(const api::Pod& pod, const PodSeen& seen, const Memory& memory);

}  // namespace ordinal::podsync

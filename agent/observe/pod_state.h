// What the runtime holds for one pod, and who knows it.
#pragma once

#include <string>
#include <vector>

#include "cri/runtime.h"

namespace ordinal::observe {

// Labels and annotations on sandboxes and containers, as crictl users know them
// (Kubernetes: pkg/kubelet/types/labels.go and pkg/kubelet/kuberuntime/labels.go).
inline constexpr char kPodNameLabel[] = "io.kubernetes.pod.name";
inline constexpr char kPodNamespaceLabel[] = "io.kubernetes.pod.namespace";
inline constexpr char kPodUidLabel[] = "io.kubernetes.pod.uid";
inline constexpr char kContainerNameLabel[] = "io.kubernetes.container.name";
inline constexpr char kContainerHash[] = "io.kubernetes.container.hash";
inline constexpr char kRestartCount[] = "io.kubernetes.container.restartCount";
inline constexpr char kTerminationMessagePath[] = "io.kubernetes.container.terminationMessagePath";
inline constexpr char kTerminationMessagePolicy[] = "io.kubernetes.container.terminationMessagePolicy";
inline constexpr char kPodTerminationGracePeriod[] = "io.kubernetes.pod.terminationGracePeriod";
inline constexpr char kPodDeletionGracePeriod[] = "io.kubernetes.pod.deletionGracePeriod";
/// Ours, on containers that have any: the limits and requests one was made with (podsync/allocation.h).
inline constexpr char kResources[] = "io.ordinal.resources";
/// Ours: the node name of the agent that created the sandbox or container. An agent touches nothing else.
inline constexpr char kAgentLabel[] = "io.ordinal.agent";
/// Ours, annotations of containers: how often all containers of the pod were started again together (absent: never),
/// and how many restarts in a row its backoff counts (absent: all that the restart count says).
inline constexpr char kRound[] = "io.ordinal.round";
inline constexpr char kStreak[] = "io.ordinal.streak";

struct PodState {
  std::string uid, name, ns;
  std::vector<cri::Sandbox> sandboxes;     ///< newest first, each with its addresses
  std::vector<cri::Container> containers;  ///< newest first, each a full status
};

/// The reason of a container that ended for want of memory, as containerd has it.
inline constexpr char kOutOfMemory[] = "OOMKilled";

/// The container or sandbox of this id; null when it is not among them.
template <class T>
const T* FindById(const std::vector<T>& items, const std::string& id) {
  for (const T& item : items) {
    if (item.id == id) return &item;
  }
  return nullptr;
}

/// It runs, or may: of a container in state Unknown nobody can say that it has ended.
bool Live(const cri::Container& container);

/// A sandbox that is ready or a container that is Live().
bool HoldsAnythingLive(const PodState& state);

/// The newest knowledge of what the runtime holds for this agent's pods (labels kAgentLabel).
/// RuntimeView implements it; its users are on the control thread.
class PodStates {
 public:
  virtual ~PodStates() = default;
  /// What is known of the pod; an empty state when nothing of it is in the runtime.
  virtual const PodState& Get(const std::string& uid) const = 0;
  /// Asks the runtime about this pod now and returns what it said.
  virtual Task<Result<PodState>> Refresh(std::string uid) = 0;
  /// The uids of all pods the runtime holds something of.
  virtual std::vector<std::string> AllUids() const = 0;
  /// Those of them that have or had this name: more than one while a pod outlives its successor's creation.
  virtual std::vector<std::string> UidsNamed(const std::string& ns, const std::string& name) const = 0;
  /// False until the first complete list after start.
  virtual bool Synced() const = 0;
  /// Returns at once when synced; any number of coroutines may wait.
  virtual Task<void> WaitSynced() = 0;
};

}  // namespace ordinal::observe

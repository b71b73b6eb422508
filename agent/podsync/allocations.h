// Allocations: who has been given what of the node. Decides whether a pod may run here, and whether what is asked of
// pods/resize can be given now, later or never (pkg/kubelet/allocation, pkg/kubelet/lifecycle/predicate.go).
//
//   Admit ──> given what its spec asks for, or refused (OutOfcpu, OutOfpods, NodePorts, …)
//   Want  ──> spec and allocation differ ──> it fits: given           ──> the worker makes it so
//   (steps/resize_containers)
//                                        ├─> room is missing: Deferred, tried again when somebody goes or shrinks
//                                        └─> the node has not so much: Infeasible
//
// What was decided outlives the agent: Keep() writes <pod's directory>/allocation.json, for pods that were ever
// resized; of the others a container's annotation tells what it was made with, or the file does where an older agent's
// annotation does not. All on the control thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/base/blocking_pool.h"
#include "agent/observe/pod_state.h"
#include "agent/podsync/allocation.h"
#include "agent/podsync/cri_config.h"
#include "agent/podsync/refusals.h"

namespace ordinal::podsync {

/// Why a resize waits: the condition PodResizePending.
struct PendingResize {
  std::string reason, message;
  int64_t generation = 0;  ///< of the pod that asks for it
  WallTime since{};
  bool operator==(const PendingResize&) const = default;
};

class Allocations {
 public:
  using Pod = std::shared_ptr<const api::Pod>;

  /// `allocatable` is the node's, by resource; empty while it is not known: then every new pod fits, and no resize is
  /// decided on. What may swap is told by `memory`.
  Allocations(Clock& clock, BlockingPool& pool, const Layout& layout, std::function<api::ResourceList()> allocatable,
              MemoryFacts memory);
  Allocations(const Allocations&) = delete;
  Allocations& operator=(const Allocations&) = delete;

  /// Called with the uid of a pod about whose resize something else was decided than when it was wanted.
  void OnDecision(std::function<void(const std::string& uid)> handler) { decided_ = std::move(handler); }

  /// Reads what an earlier agent kept of these pods. Before they are admitted.
  Task<void> Recall(std::vector<std::string> uids);

  /// Takes the pod in. One that has begun (`state` holds something of it, or its status has a start time) is never
  /// refused: its resources are taken already. A pod that was taken in before stays as it is. Whether it asks for
  /// something else by now is looked at by Want(), when all who have begun are in.
  std::optional<Refusal> Admit(const Pod& pod, const observe::PodState& state);
  /// The newest object of a pod that was taken in. Decides when its resources are not those it was given; one that has
  /// ended takes nothing any more.
  void Want(const Pod& pod);
  /// It takes nothing any more. Whoever waits for room is looked at.
  void Drop(const std::string& uid);
  /// The node has more or less than before.
  void NodeChanged() { LookAtPending(/*infeasible_too=*/true); }

  /// `pod` with what it was given; itself where that is what it asks for.
  Pod Given(const Pod& pod);
  /// What it was given; nothing of a pod that was not taken in.
  const Allocation& Of(const std::string& uid) const;
  /// Null when nothing waits.
  const PendingResize* PendingOf(const std::string& uid) const;
  /// metadata.generation of the pod whose resize was decided on last; 0: none was.
  int64_t GenerationOf(const std::string& uid) const;

  /// What the Burstable pods request of the processors together, in thousandths.
  int64_t BurstableCpuMilli() const { return burstable_cpu_.Total().MilliValue(); }

  /// What a container has: what it was changed to, or what it was made with. Absent when nobody knows: then it is taken
  /// to have what it was given.
  std::optional<Portion> ActuatedOf(const std::string& uid, const cri::Container& container) const;
  /// The container `id` has these now. Kept with the next Keep(); what was known of containers that are gone is not.
  void Actuated(const observe::PodState& state, const std::string& id, const Portion& portion);
  /// What the pod as a whole has: its own cgroup was made so with the last Finished(), or when the pod began.
  const Amounts& PodHas(const std::string& uid) const;
  /// The pod's own cgroup may not have yet what was given last: it is made so when its containers have theirs.
  bool Unfinished(const std::string& uid) const;
  /// The pod and its containers have this; kept with the next Keep(). Nothing where something else was given since.
  void Finished(const std::string& uid, const Allocation& allocation);
  /// These containers are ended to start again changed, whatever their policy and exit code are. Kept with the next
  /// Keep(); those that are gone are not.
  void EndToRestart(const observe::PodState& state, const std::vector<std::string>& ids);
  /// These run on as they are. Kept with the next Keep().
  void RunOn(const std::string& uid, const std::vector<std::string>& ids);
  /// The ids of those that are ended so; some may be gone.
  const std::set<std::string>& EndedToRestart(const std::string& uid) const;
  /// Writes what was decided or done since the last time, if anything. kInternal and kUnavailable as of files.
  Task<Status> Keep(std::string uid);

 private:
  struct Entry {
    Allocation allocated;
    api::ResourceList taken;  ///< of the node, with "pods"
    std::map<std::string, Portion> actuated;
    Amounts pod_has;
    std::set<std::string> ended_to_restart;
    Pod wanted;        ///< the newest object
    Pod asked, given;  ///< while a resize waits: the object that `given` was made of, and what was made
    std::optional<PendingResize> pending;
    int64_t generation = 0;
    bool unfinished = false;
    bool unkept = false;
    bool burstable = false;
    bool over = false;  ///< it has ended, and takes nothing any more
  };

  bool Decide(const std::string& uid, Entry& entry);
  /// Why what the pod asks for by now is not given; nothing: it is there.
  std::optional<PendingResize> WhyNot(Entry& entry, const api::ResourceList& needs);
  void Take(Entry& entry, api::ResourceList requests);
  void Release(Entry& entry);
  void LookAtPending(bool infeasible_too);
  /// The first resource of which `requests` are more than there is (of everything, or of what others left), or nothing.
  /// Only of those that grow beyond `before`.
  std::optional<Refusal> Lack(const api::ResourceList& requests, const api::ResourceList& before, bool of_all) const;
  /// A port of the host that it asks for is another pod's.
  std::optional<Refusal> PortTaken(const api::Pod& pod) const;
  std::vector<std::string> PendingInOrder(bool infeasible_too) const;

  Clock& clock_;
  BlockingPool& pool_;
  const Layout& layout_;
  std::function<api::ResourceList()> allocatable_;
  MemoryFacts memory_;
  std::function<void(const std::string&)> decided_;
  std::map<std::string, Entry> entries_;             ///< by uid
  std::map<std::string, KeptAllocation> recalled_;   ///< by uid, of pods that were not taken in yet
  std::map<std::string, api::Quantity::Sum> taken_;  ///< by resource
  api::Quantity::Sum burstable_cpu_;
  size_t pending_ = 0;  ///< entries that wait
};

}  // namespace ordinal::podsync

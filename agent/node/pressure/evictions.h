// Evictions: looks how much the host has left, says so in the node's conditions, and takes pods off it when that is too
// little. Also those that take more of the disk than their limits.
//
//   10 s, or a stall of memory ──> figures ──> judgement ──> conditions, events
//                                                  └─ due ──> images and dead containers (disk) ──> enough? ──> one pod
//
// One pod at a time: the next one goes only after this one has ended and the figures say so again. Never are two
// ordinals of one set away (one_of_a_set.h). Control thread; what blocks is on the pool.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/base/device_looks.h"
#include "agent/base/signal.h"
#include "agent/events/recorder.h"
#include "agent/node/pressure/judgement.h"
#include "agent/node/pressure/one_of_a_set.h"
#include "agent/node/pressure/pod_storage.h"
#include "agent/node/pressure/ranking.h"
#include "agent/observe/pod_state.h"

namespace ordinal::node {

class Evictions {
 public:
  static constexpr Duration kPeriod = std::chrono::seconds(10);  ///< between looks, as in a kubelet

  /// All of it outlives the evictions.
  struct Parts {
    Executor executor;
    Clock& clock;
    BlockingPool& pool;
    cri::Runtime& runtime;
    cri::Stats& stats;
    const observe::PodStates& states;
    const objects::Cache<api::Pod>& pods;
    const objects::Cache<api::StatefulSet>& sets;
    events::Recorder& recorder;
    const Layout& layout;
    std::string node_name;
  };
  /// How a pod is evicted.
  struct Order {
    std::string message;
    std::chrono::seconds grace{0};
  };
  struct Sources {
    std::function<Figures(const FigurePlaces&)> figures = ReadFigures;  ///< blocks; asked for each place by itself
    std::function<int64_t(const api::Pod& pod)> processes;              ///< that it has; blocks
    std::function<Task<void>()> tell;                                   ///< the node's conditions changed
    std::function<Task<Status>()> free_images;                          ///< removes those that nobody uses
    std::function<void(const std::string& uid, Order)> evict;
    std::function<bool(const std::string& uid)> holds_disk = nullptr;  ///< its emptyDirs are still there; null: never
    /// Runs what looks at disks to its end, as far as they answer; null: on threads of its own.
    std::function<Task<void>(std::vector<DeviceLooks::Look>)> look_at_disks = nullptr;
  };
  Evictions(Parts parts, Sources sources, EvictionPolicy policy);

  /// Measures and shows what there is; nothing is done about it yet.
  Task<void> Begin();
  /// Looks for ever.
  Task<void> Run();
  /// Once.
  Task<void> Look();
  /// Look now, as far as a second has passed since the last look.
  void Hurry();
  /// What the runtime holds of the pod changed.
  void PodChanged(const std::string& uid);

  const std::set<Pressure>& conditions() const { return conditions_; }

  /// Why a new pod may not begin here under the conditions there are; empty when it may
  /// (pkg/kubelet/eviction/eviction_manager.go: Admit).
  std::string WhyRefused(const api::Pod& pod) const;

 private:
  struct Going {
    std::string uid;
    SteadyTime until{};  ///< then it is not waited for any longer
  };

  Task<Figures> Measure();
  Task<void> Show(std::set<Pressure> conditions);
  Task<void> EvictOverLimits();
  Task<void> Relieve(size_t threshold, Figures figures);
  Task<bool> FreeDisk(size_t threshold, Figures* figures);
  Task<void> RemoveDead();
  Task<std::vector<PodUse>> Uses(EvictionSignal signal);
  Task<void> AddMemory(std::vector<PodUse>& uses);
  Task<void> AddStorage(EvictionSignal signal, std::vector<PodUse>& uses);
  Task<void> AddProcesses(std::vector<PodUse>& uses);
  Task<bool> OneDisk();
  static bool OfImages(EvictionSignal signal);
  Task<bool> ImagesTakeOf(EvictionSignal signal);
  /// Those of the node that are not over. Their documents are not looked at: they may rest.
  api::Refs<api::Pod> Here() const;
  bool StillGoing();
  void Evict(const api::Pod& pod, std::string message, std::chrono::seconds grace);
  void Say(events::Severity severity, std::string reason, std::string message);

  const Parts parts_;
  const Sources sources_;
  PressureJudge judge_;
  OneOfASet sets_;
  PodStorageMeter storage_;
  DeviceLooks disks_;
  Signal wake_;
  TimerHandle timer_;
  std::string image_fs_;  ///< a path on the file system of images; empty: the runtime did not tell yet
  std::set<Pressure> conditions_;
  std::set<std::string_view> told_;  ///< resources that are being reclaimed
  std::optional<Going> going_;       ///< the one that was evicted last
  std::set<std::string> ordered_;    ///< uids of pods that were evicted and are not over yet
  SteadyTime looked_{};
};

/// Critical pods are neither evicted nor refused.
bool IsCritical(const api::Pod& pod);

}  // namespace ordinal::node

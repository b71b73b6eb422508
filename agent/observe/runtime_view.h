// RuntimeView: what each pod of this agent looks like now. Events of the runtime make it current at once; a slow
// complete list repairs whatever was missed.
//
//   containerd events ──> view ──> changed(uid) ──> podsync worker
//   complete list ────────┘           (every relist_period, and after each reconnect)
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/base/histogram.h"
#include "agent/base/signal.h"
#include "agent/observe/pod_state.h"

namespace ordinal::observe {

/// The complete lists so far.
struct Relists {
  Histogram took, interval;  ///< how long one took; from the beginning of one to that of the next
  std::optional<SteadyTime> began;
  WallTime last{};  ///< the end of the last one that succeeded; epoch: there was none
};

class RuntimeView final : public PodStates {
 public:
  /// `agent` is the value of kAgentLabel that marks what is ours; everything else is never looked at.
  RuntimeView(Executor executor, Clock& clock, cri::Runtime& runtime, cri::EventSource& events, std::string agent);

  /// Called on the control thread with the uid of each pod whose state changed.
  void OnChange(std::function<void(const std::string& uid)> handler) { changed_ = std::move(handler); }
  /// Called when an image came or went.
  void OnImage(std::function<void(const std::string& reference)> handler) { image_changed_ = std::move(handler); }

  /// A process of the container was killed for want of memory, as others than the runtime tell it (kernel_log.h). Its
  /// end has that reason, whatever its exit code, as containerd has it. It may be told twice, before anybody has looked
  /// at the container, and after its end was told.
  void NoteOom(const std::string& id);
  /// The container's first process, or the sandbox's, has ended, as others than the runtime tell it (exit_watch.h). It
  /// may be told twice, and before anybody has looked at the container.
  void NoteExit(const std::string& id, int32_t exit_code);
  /// Called when the runtime's events are there (again).
  void OnConnected(std::function<void()> handler) { connected_ = std::move(handler); }
  /// Called with the process of each container and sandbox that the runtime starts.
  void OnStarted(std::function<void(const std::string& id, uint32_t pid)> handler) { started_ = std::move(handler); }

  /// Follows the runtime for ever.
  Task<void> Run();

  const PodState& Get(const std::string& uid) const override;
  Task<Result<PodState>> Refresh(std::string uid) override;
  bool Synced() const override { return synced_; }
  Task<void> WaitSynced() override;
  std::vector<std::string> AllUids() const override;
  std::vector<std::string> UidsNamed(const std::string& ns, const std::string& name) const override;
  /// False while the runtime does not answer.
  bool Connected() const { return !silent_since_; }
  /// Since when it does not answer; nothing while it does.
  std::optional<SteadyTime> SilentSince() const { return silent_since_; }
  const Relists& relists() const { return relists_; }

 private:
  Task<void> RelistLoop();
  Task<Status> Relist();
  Task<Result<PodState>> Complete(PodState listed);
  Task<void> ConfirmExit(std::string uid, std::string id, Duration first);
  void AwaitRecords(const std::string& uid, const std::string& id, int32_t exit_code);
  Task<void> MarkWithRecords(std::string uid, std::string id, int32_t exit_code);
  void Answers(bool does);
  static void KeepEnds(const PodState& known, PodState& state);
  void Store(PodState state);
  cri::Container* KnownContainer(const std::string& uid, const std::string& id);
  void MarkExited(cri::Container& container, int32_t exit_code);
  bool RanOutOfMemory(const std::string& id) const;
  std::optional<int32_t> TakeEarlyExit(const std::string& id);
  void ApplyEarlyExit(const std::string& uid, cri::Container& container);
  PodState* OwnerOf(const std::string& id);

  Executor executor_;
  Clock& clock_;
  cri::Runtime& runtime_;
  cri::EventSource& events_;
  const std::string agent_;
  std::function<void(const std::string&)> changed_;
  std::function<void(const std::string&)> image_changed_;
  std::function<void()> connected_;
  std::function<void(const std::string&, uint32_t)> started_;
  using Named = std::map<std::pair<std::string, std::string>, std::set<std::string>>;

  std::map<std::string, PodState> pods_;         ///< by uid
  Named uids_;                                   ///< of pods_, by namespace and name
  std::map<std::string, uint64_t> generations_;  ///< by uid: counts stores, so that an older list loses
  /// Exits of containers nobody knew yet: one may end before whoever started it has looked. Bounded.
  std::deque<std::pair<std::string, int32_t>> early_exits_;
  std::deque<std::string> oom_;    ///< ids of containers that ran out of memory before their end was known. Bounded.
  std::set<std::string> awaited_;  ///< ids of containers whose end is told with the runtime's records
  Signal relist_;
  Relists relists_;
  std::vector<Signal*> waiting_;  ///< coroutines in WaitSynced()
  bool synced_ = false, relisting_ = false;
  std::optional<SteadyTime> silent_since_;
};

}  // namespace ordinal::observe

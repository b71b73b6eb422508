// One worker per pod uid: looks, plans, does, reports, waits to be woken. Only the newest wanted object counts;
// one pod never does two things at once, different pods proceed side by side.
//
// A pod that is to end ends at once, whatever is being made for it: no further step is begun, what runs is told to
// stop, and the one call of the runtime that is under way is waited for last (stop.h).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/base/scope.h"
#include "agent/base/signal.h"
#include "agent/podsync/plan.h"
#include "agent/podsync/steps/context.h"
#include "agent/podsync/stop.h"

namespace ordinal::podsync {

struct StatusFacts;

class Worker : public std::enable_shared_from_this<Worker> {
 public:
  /// `may_start` says whether the pod may be started now: false while another pod of the same name still lives.
  Worker(Services& services, std::string uid, std::function<bool(const api::Pod&)> may_start);

  void Want(std::shared_ptr<const api::Pod>
                pod);   ///< the newest object; one that differs in its status alone is no reason to look
  void Gone();          ///< the store has no such object (any more)
  void Wake();          ///< something about the pod changed in the runtime
  void ImageArrived();  ///< containers that wait for an image try again
  void ProbeChanged();  ///< what counts of a container's probe is something else: it is shown at once
  void Refuse(const Refusal& refusal);  ///< the node does not take it: it fails
  void ConfigChanged();                 ///< a config map or secret that the pod refers to: who waits for it tries again

  /// The pod is ended, whatever its containers would do. One that is over or being deleted stays so. Only a pod with
  /// restartPolicy Always rests; any other fails.
  void EndByNode(NodeEnd end);
  /// A pod that rests runs again.
  void GoOn();

  /// Runs until nothing of the pod is left.
  Task<void> Run();

  /// The newest object, or the last one when the store has none any more; null when there never was one.
  const std::shared_ptr<const api::Pod>& wanted() const { return wanted_; }
  /// It was evicted and its volumes are not on the host any more.
  bool volumes_gone() const { return volumes_gone_; }
  /// The pod is not, or no longer, to be run.
  bool Ending() const { return gone_ || !wanted_ || wanted_->deleting(); }

 private:
  struct Work;

  Task<void> Look();
  Task<bool> LookOnce();
  Task<bool> LookAfresh();
  Task<bool> Carry(std::shared_ptr<const api::Pod> pod, PodSeen seen, Plan plan);
  Task<void> Carrying(std::shared_ptr<Work> work);
  Task<void> EndBeside(std::shared_ptr<const api::Pod> pod, const bool& over);
  Task<void> LetVolumesGo(const api::Pod& pod);
  /// The node ended the pod since a plan was made; `before`: it had already.
  bool EndedSince(bool before) const { return !before && memory_.node_end.has_value(); }
  Task<void> Show();
  void ShowBetween();
  bool UseProbes(const api::Pod& pod);
  void News();
  void ForgetFailuresOf(const observe::PodState& state);
  void ForgetEndsOf(const observe::PodState& state, const Plan& plan);
  void SayDeadline(const api::Pod& pod, const Plan& plan);
  void SaySandboxChanged(const api::Pod& pod, const observe::PodState& state);
  void Refuse(const api::Pod& pod);
  void Reject(const api::Pod& pod, const Refusal& refusal);
  void RefuseNew(const api::Pod& pod);
  void SayBackoffs(const api::Pod& pod, const Plan& plan);
  void SayResize(const api::Pod& pod);
  void Report(const api::Pod& pod);
  void AddResources(const api::Pod& pod, StatusFacts& facts) const;
  Histogram* RoundOf();
  void CountStart(bool running_before);
  Task<void> FinalReport();
  Task<void> ReadMessages(const api::Pod& pod);

  Services& services_;
  const std::string uid_;
  const SteadyTime seen_;  ///< first
  std::function<bool(const api::Pod&)> may_start_;
  std::shared_ptr<const api::Pod> wanted_;  ///< replaced, never changed: a step holds the one it began with
  Memory memory_;
  const std::shared_ptr<Endings> endings_;
  std::optional<api::PodStatus> reported_;       ///< last
  std::map<std::string, std::string> messages_;  ///< termination messages by container id
  Signal wake_;
  std::optional<WallTime> look_again_;
  bool gone_ = false;
  bool admitted_ = false;  ///< it was asked once whether the pod may begin
  bool started_ = false;
  bool volumes_gone_ = false;    ///< of a pod that the node ended
  bool stale_ = false;           ///< something was done and its outcome not seen: look before planning again
  bool news_ = false;            ///< something came in since the last look
  bool looked_ = false;          ///< at least once
  bool changed_ = false;         ///< the object, since the last look
  bool start_counted_ = false;   ///< or there is nothing to count
  bool last_report_ = false;     ///< it is being deleted, and all of it has ended
  bool finishing_ = false;       ///< the pod is over and its last containers are being ended: not to be shown yet
  Scope steps_;                  ///< the run of the newest plan
  Scope stops_;                  ///< calls that end containers
  std::optional<PodStop> stop_;  ///< from when the pod is to end; outlives the calls in stops_
};

}  // namespace ordinal::podsync

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

class Worker : public std::enable_shared_from_this<Worker> {
 public:
  /// `may_start` says whether the pod may be started now: false while another pod of the same name still lives.
  Worker(Services& services, std::string uid, std::function<bool(const api::Pod&)> may_start);

  void Want(std::shared_ptr<const api::Pod>
                pod);    ///< the newest object; one that differs in its status alone is no reason to look
  void Gone();           ///< the store has no such object (any more)
  void Wake();           ///< something about the pod changed in the runtime
  void ImageArrived();   ///< containers that wait for an image try again
  void ConfigChanged();  ///< a config map or secret that the pod refers to: who waits for it tries again

  /// Runs until nothing of the pod is left.
  Task<void> Run();

  /// The newest object, or the last one when the store has none any more; null when there never was one.
  const std::shared_ptr<const api::Pod>& wanted() const { return wanted_; }
  /// The pod is not, or no longer, to be run.
  bool Ending() const { return gone_ || !wanted_ || wanted_->deleting(); }

 private:
  struct Work;

  Task<void> Look();
  Task<bool> LookOnce();
  Task<bool> LookAfresh();
  Task<bool> Carry(std::shared_ptr<const api::Pod> pod, PodSeen seen, Plan plan);
  Task<void> Carrying(std::shared_ptr<Work> work);
  Task<void> Show();
  void News();
  void ForgetFailuresOf(const observe::PodState& state);
  void SayDeadline(const api::Pod& pod, const Plan& plan);
  void SaySandboxChanged(const api::Pod& pod, const observe::PodState& state);
  void RefuseTakenPorts(const api::Pod& pod);
  void SayBackoffs(const api::Pod& pod, const Plan& plan);
  void Report(const api::Pod& pod);
  Task<void> FinalReport();
  Task<void> ReadMessages(const api::Pod& pod);

  Services& services_;
  const std::string uid_;
  std::function<bool(const api::Pod&)> may_start_;
  std::shared_ptr<const api::Pod> wanted_;  ///< replaced, never changed: a step holds the one it began with
  Memory memory_;
  std::optional<api::PodStatus> reported_;       ///< last
  std::map<std::string, std::string> messages_;  ///< termination messages by container id
  Signal wake_;
  std::optional<WallTime> look_again_;
  bool gone_ = false;
  bool started_ = false;
  bool stale_ = false;           ///< something was done and its outcome not seen: look before planning again
  bool news_ = false;            ///< something came in since the last look
  Scope steps_;                  ///< the run of the newest plan
  Scope stops_;                  ///< calls that end containers
  std::optional<PodStop> stop_;  ///< from when the pod is to end; outlives the calls in stops_
};

}  // namespace ordinal::podsync

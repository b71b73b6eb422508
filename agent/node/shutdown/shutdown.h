// Shutdown: ends the pods of the node in order when the host is about to go down, so that each comes to its end in its
// own way and comes back after the boot.
//
//   Signalled() ──> not ready, no new pods ──> group by group: sets from the highest ordinal down ──> all have ended
//   Cancel() ──> ready again; what ended is started again
//
// A pod with restartPolicy Always rests: its object stays, and whoever starts the agent next starts the pod with the
// same name, volumes and uid. Others are over: Failed, with reason Terminated, as with a kubelet. Control thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/signal.h"
#include "agent/events/recorder.h"
#include "agent/node/shutdown/order.h"
#include "agent/objects/cache.h"
#include "agent/observe/pod_state.h"

namespace ordinal::node {

class Shutdown {
 public:
  /// All of it outlives the shutdown.
  struct Parts {
    Executor executor;
    Clock& clock;
    const observe::PodStates& states;
    const objects::Cache<api::Pod>& pods;
    events::Recorder& recorder;
    std::string node_name;
  };
  struct Sources {
    std::function<Task<void>()> tell;  ///< the node is shutting down, or not any more
    std::function<void(const std::string& uid, std::chrono::seconds grace)> end;
    std::function<void()> go_on;  ///< what was ended may run again
  };
  Shutdown(Parts parts, Sources sources, ShutdownPolicy policy);

  const ShutdownPolicy& policy() const { return policy_; }

  /// From now on a shutdown is under way, until Cancel().
  void Signalled();
  /// Returns when all pods have ended or their time is over, or the shutdown was cancelled. Once at a time; after an
  /// exception it may be called again, and what is left of the time counts.
  Task<void> EndPods();
  void Cancel();
  bool under_way() const { return under_way_; }

  /// What the runtime holds of a pod changed.
  void PodChanged();

 private:
  struct Place {
    ShutdownQueue queue;
    size_t next = 0;       ///< the first that has not ended
    bool ordered = false;  ///< it was told to
  };
  Task<void> EndGroup(std::vector<ShutdownQueue> queues, SteadyTime deadline);
  void Say();
  void Tell();
  void Advance(Place& place, SteadyTime deadline);
  bool HasEnded(const api::Pod& pod) const;

  const Parts parts_;
  const Sources sources_;
  const ShutdownPolicy policy_;
  Signal wake_;
  bool under_way_ = false, said_ = false;
  SteadyTime signalled_{};
};

}  // namespace ordinal::node

// LogRotation: keeps the logs of the containers that run within their limits.
//
//   every 10 s, or as soon as one that grows fast is full: one stat a log ── all smaller ──> nothing
//      └─ too large: log renamed, oldest part removed ──> ReopenContainerLog ──> older parts compressed, beside it
//                                                              └─ refused: renamed back
//
// What a kill leaves is found at the first look at each container after the start: drafts of compressions, parts that
// were not compressed, a log that was renamed and not begun anew, a missing link. Source: Kubernetes
// pkg/kubelet/logs/container_log_manager.go.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/base/blocking_pool.h"
#include "agent/base/layout.h"
#include "agent/base/scope.h"
#include "agent/base/signal.h"
#include "agent/node/logs/compression.h"
#include "agent/node/logs/rotation_plan.h"
#include "agent/observe/pod_state.h"

namespace ordinal::node {

/// Control thread only; does not block it.
class LogRotation {
 public:
  /// All of it outlives the rotation.
  struct Parts {
    Executor executor;
    Clock& clock;
    BlockingPool& pool;
    cri::Runtime& runtime;
    const observe::PodStates& states;
    const Layout& layout;
  };
  LogRotation(Parts parts, const LogLimits& limits);

  /// Looks for ever.
  Task<void> Run();
  /// One look. Errors of single logs are said, and met again at the next look.
  Task<Status> Look();
  /// What runs changed: a container that began is looked at a second later.
  void Changed();

 private:
  struct Target {
    std::string id, uid, pod, container, log, link;
    bool running = false;
    bool taken_up = false;
    bool failed = false;  ///< to be taken up, in this look
  };
  /// Of a container that was looked at before, since the start.
  struct Known {
    std::optional<int64_t> size;
    bool taken_up = false;  ///< what a kill left was put in order
    bool failed = false;    ///< said already
  };

  std::vector<Target> Targets();
  bool Runs(const Target& target) const;
  Task<Status> TakeUp(const Target& target);
  Task<Status> LookAt(const Target& target, std::optional<int64_t> size);
  Task<Status> Rotate(const Target& target);
  Task<Status> BeginAgain(const Target& target);
  Task<Status> UnlessEnded(const Target& target, Status refused);
  void Note(const Target& target, std::optional<int64_t> size);
  void Compress(const Target& target, const RotationPlan& plan);
  void Say(const Target& target, const Status& done);

  const Parts parts_;
  const LogLimits limits_;
  LogCompression compression_;
  std::map<std::string, Known> known_;  ///< by container id
  SteadyTime last_look_{};
  Duration next_look_ = kLogLook;
  Signal wake_;
  TimerHandle soon_;  ///< set by Changed()
  bool soon_set_ = false;
  Scope scope_;
};

}  // namespace ordinal::node

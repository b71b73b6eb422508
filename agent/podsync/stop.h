// Ending a pod for good:
//
//   TERM to all containers ─ grace ─> KILL ─> sidecars likewise, last one first ─> sandbox gone ─> volumes
//   unmounted ─> cgroup and logs removed ─> final status ─> object deleted
//
// The grace may be shortened while it runs (a second delete); it never grows. Every step is repeated until it
// succeeded: nothing of a pod is left behind.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "agent/base/signal.h"
#include "agent/podsync/services.h"

namespace ordinal::podsync {

class PodStop {
 public:
  /// `pod` gives the newest wanted object, or null once the store has none (deleted by force, or never known).
  /// `wake` is the worker's signal: notified when the pod's object or its state in the runtime changed.
  PodStop(Services& services, std::string uid, std::function<const api::Pod*()> pod, Signal& wake);

  /// Returns when nothing of the pod is left in the runtime and on disk; its object is then deleted too.
  Task<void> Run();

 private:
  Task<void> EndContainers();
  std::vector<const cri::Container*> NextToEnd(const cri::PodState& state) const;
  void SendStop(const cri::Container& container);
  Task<void> StopOne(std::string id, std::chrono::seconds grace);
  std::chrono::seconds GraceLeft(const cri::PodState& state);
  Task<void> RemoveSandboxes();
  Task<void> Clean();
  Task<void> Pause(Duration delay);
  std::set<std::string> Sidecars() const;

  Services& services_;
  const std::string uid_;
  std::function<const api::Pod*()> pod_;
  Signal& wake_;
  WallTime began_;
  std::string cgroup_parent_, log_directory_;
  std::map<std::string, std::chrono::seconds> sent_;  ///< by container id: the shortest grace it was stopped with
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace ordinal::podsync

// Ending a pod for good:
//
//   TERM to all containers ─ grace ─> KILL ─> sidecars likewise, last one first ─> sandbox gone ─> cgroups and logs
//   removed ─> volumes unmounted, directory removed ─> final status ─> object deleted
//
// The pod's directory goes last of what is on the host: by it an agent that was killed in between finds the rest.
//
// The grace may be shortened while it runs (a second delete, or a forced one); it never grows. Every step is repeated
// until it succeeded: nothing of a pod is left behind.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/signal.h"
#include "agent/podsync/services.h"

namespace ordinal::podsync {

class PodStop {
 public:
  /// What is known of the pod's object.
  struct Known {
    const api::Pod* pod = nullptr;  ///< the newest, or the last there was; null when this agent never saw one
    bool gone = false;              ///< the store has it no more: deleted by force
  };

  /// `known` is asked anew each time. `wake` is the worker's signal: notified when the pod's object or its state in
  /// the runtime changed.
  PodStop(Services& services, std::string uid, std::function<Known()> known, Signal& wake);

  /// Returns when no container of the pod lives any more.
  Task<void> End();
  /// After End(): returns when nothing of the pod is left in the runtime and on disk and its object is deleted.
  Task<void> Clean();

 private:
  Task<void> EndContainers();
  std::vector<const cri::Container*> NextToEnd(const cri::PodState& state) const;
  void SendStop(const cri::Container& container);
  Task<void> StopOne(std::string id, std::chrono::seconds grace);
  std::chrono::seconds GraceLeft(const cri::PodState& state);
  Task<void> RemoveSandboxes();
  Task<void> RemoveCgroups();
  Task<void> RemoveFiles();
  Task<void> RemoveObject();
  Task<void> Pause(Duration delay);
  /// In the order of the specification.
  std::vector<std::string> Sidecars() const;

  Services& services_;
  const std::string uid_;
  std::function<Known()> known_;
  Signal& wake_;
  WallTime began_;
  std::optional<WallTime> forced_;                    ///< when the object was seen to be gone
  std::map<std::string, std::chrono::seconds> sent_;  ///< by container id: the shortest grace it was stopped with
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace ordinal::podsync

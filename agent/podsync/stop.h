// Ending a pod for good:
//
//   preStop hooks, TERM to all containers ─ grace ─> KILL ─> sidecars likewise, last one first ─> sandbox gone ─>
//   cgroups and logs removed ─> volumes unmounted, directory removed ─> final status ─> object deleted
//
// The pod's directory goes last of what is on the host: by it an agent that was killed in between finds the rest.
//
// The grace may be shortened while it runs (a second delete, or a forced one); it never grows. Every step is repeated
// until it succeeded: nothing of a pod is left behind.
//
// A step that was still making something for the pod is given up at once: nothing follows it. The one call of the
// runtime that is under way is left to come to its end for two seconds, while all that runs is already being ended: cut
// off halfway it would leave what no list shows (processes, links, rules). Then it is cancelled.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/scope.h"
#include "agent/base/signal.h"
#include "agent/podsync/endings.h"

namespace ordinal::podsync {

class PodStop {
 public:
  /// What is known of the pod's object.
  struct Known {
    std::shared_ptr<const api::Pod> pod;  ///< the newest, or the last there was; null when this agent never saw one
    bool gone = false;                    ///< the store has it no more: deleted by force
  };

  /// The worker's, which outlive the calls that are made in them.
  struct Scopes {
    Signal& wake;   ///< notified when the pod's object or its state in the runtime changed, or a step ended
    Scope& steps;   ///< what was being made
    Scope& ending;  ///< for calls that end containers
    Endings& endings;
  };

  /// `known` is asked anew each time.
  PodStop(Services& services, std::string uid, std::function<Known()> known, Scopes scopes);

  /// Returns when no container of the pod lives any more.
  Task<void> End();
  /// After End(): returns when nothing of the pod is left in the runtime and on disk and its object is deleted.
  Task<void> Clean();

 private:
  Task<void> EndContainers();
  std::vector<const cri::Container*> NextToEnd(const observe::PodState& state, bool making) const;
  void SendStop(const cri::Container& container);
  bool HoldsUp(const cri::Container& container) const;
  Task<void> StopOne(std::string name, std::string id, std::chrono::seconds grace);
  Task<void> Refreshed();
  SteadyTime Deadline(const observe::PodState& state);
  Task<void> RemoveSandboxes();
  Task<void> RemoveCgroups();
  Task<void> RemoveFiles();
  Task<void> RemoveObject();
  Task<void> Pause(Duration delay);
  /// In the order of the specification.
  std::vector<std::string> Sidecars() const;
  /// For the log: "default/kubia-0 uid=…", where the name is known.
  std::string Who() const;

  Services& services_;
  const std::string uid_;
  std::function<Known()> known_;
  Signal& wake_;
  Scope& steps_;
  Scope& ending_;
  Endings& endings_;
  const SteadyTime began_;
  std::optional<WallTime> told_;            ///< by the object, as `told_deadline_`
  SteadyTime told_deadline_{};              ///< by a clock that nobody sets
  std::optional<SteadyTime> forced_;        ///< when the object was seen to be gone
  std::map<std::string, SteadyTime> sent_;  ///< by container id: the earliest deadline it was stopped with
  bool cut_off_ = false;                    ///< a call that makes something was cancelled
};

}  // namespace ordinal::podsync

// Endings: how the containers of one pod are ended: by a worker that starts a successor, by one that ends the pod, and
// by `ordinald down` (end_pod.h).
//
//   preStop hook ─> stop signal ─> KILL          all within one grace
//
// A stop signal of the pod's own (lifecycle.stopSignal) is sent here, as no runtime of today takes one for a container;
// the end is then seen by the pod's state, and the runtime is asked to stop what did not obey.
//
// An end that is under way is joined by whoever asks for it again; a shorter grace counts at once, in the hook as well.
// The hook leaves the process at least two seconds of the grace, and the process gets them also when the grace is
// shorter than that. Each container's hook is run once.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "agent/podsync/services.h"

namespace ordinal::podsync {

/// What ends of containers need of the node. All of it outlives them.
struct EndingParts {
  Executor executor;
  Clock& clock;
  cri::Runtime& runtime;
  observe::PodStates& states;
  probes::Checks& checks;
  events::Recorder& recorder;
  const SendSignal& signal;  ///< null: the runtime sends its own
  const NodeFacts& node;
};

class Endings : public std::enable_shared_from_this<Endings> {
 public:
  explicit Endings(EndingParts parts);
  /// `services` outlives it and every end that is under way.
  explicit Endings(Services& services);

  /// Returns when the container has ended, or could not be made to. One the runtime does not know has ended. `pod` has
  /// the hooks; null: there are none. What is under way goes on when the caller is cancelled, which gets kCancelled.
  Task<Status> End(std::shared_ptr<const api::Pod> pod, std::string name, std::string id, std::chrono::seconds grace);

  /// The end of this container was begun, and goes on.
  bool UnderWay(const std::string& id) const { return under_way_.contains(id); }

  /// What runs of the pod changed.
  void Look();

 private:
  struct Ending;

  /// The call holds what it works on: it may outlive the worker whose pod this is.
  static Task<Status> Join(std::shared_ptr<Endings> self, std::shared_ptr<const api::Pod> pod, std::string name,
                           std::string id, std::chrono::seconds grace);
  static Task<void> Carry(std::shared_ptr<Endings> self, std::shared_ptr<Ending> ending);
  Task<void> CarryOut(std::shared_ptr<Ending> ending);
  Task<bool> NewsBefore(std::shared_ptr<Ending> ending, SteadyTime until);
  Duration LeastOf(const Ending& ending) const;
  Task<void> RunHook(std::shared_ptr<Ending> ending);
  static Task<void> Execute(probes::Checks& checks, probes::Where where, std::shared_ptr<const api::Handler> what,
                            std::shared_ptr<Ending> ending);
  Task<void> SendStopSignal(std::shared_ptr<Ending> ending);
  bool Ended(const Ending& ending) const;
  Task<void> StopUntilEnded(std::shared_ptr<Ending> ending);
  static Task<void> StopOnce(cri::Runtime& runtime, std::shared_ptr<Ending> ending, std::chrono::seconds grace);
  std::shared_ptr<const api::Handler> HookOf(const Ending& ending) const;

  const EndingParts parts_;
  std::map<std::string, std::shared_ptr<Ending>> under_way_;  ///< by container id
  std::set<std::string> hooked_;                              ///< ids of containers whose hook was begun
};

}  // namespace ordinal::podsync

// Prober: asks the containers of this node's pods what their probes say, and knows what counts of it.
//
//   podsync ── Use(pod, targets) ──> one coroutine a probe: waits for its beat, asks, counts, keeps, tells
//           <── OnChange(uid) ──────┘        │
//           ── Of(uid, container) ──>        └─> pods/<uid>/probes/<container>-<kind>
//
// What counts is written before it is told, so that whoever starts after a kill of the agent knows at least what was
// shown. A container that was shown as ready or started by an agent that kept nothing stays so until its probe says
// otherwise.
//
// From the start of a container until its startup or readiness probe counts as passed or failed it is also asked
// between the beats, first at once, then ever more rarely: a pass counts, so that a container that is up is not waited
// for; a failure does not, so that none gets less time than its periods and thresholds give it. Not where several
// passes in a row are asked for.
//
// Everything happens on the control thread; files are read and written on the pool.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/base/blocking_pool.h"
#include "agent/base/histogram.h"
#include "agent/base/layout.h"
#include "agent/events/recorder.h"
#include "agent/probes/check.h"
#include "agent/probes/state.h"

namespace ordinal::probes {

/// A container that has probes.
struct Target {
  std::string name;
  bool running = false;
  WallTime started_at{};
  api::Probes probes;
  Where where;
  bool shown_started = false, shown_ready = false;  ///< by the pod's status, of this very container
};

/// What counts of one container.
struct Standing {
  struct Failure {
    api::ProbeKind kind = api::ProbeKind::kLiveness;
    std::optional<int64_t> grace_seconds;  ///< the probe's own
  };
  bool started = true;             ///< its startup probe has passed, or there is none
  bool ready = true;               ///< its readiness probe passes, or there is none
  std::optional<Failure> failure;  ///< it is to be ended, and started again
};

/// How often a probe was asked since its pod was first seen, and what it said: of all containers of that name.
struct ProbeCounts {
  uint64_t passed = 0, failed = 0, unknown = 0;
  Histogram took;
};

/// A probe that is or was asked, while Each() shows it.
struct CountedProbe {
  const std::string &ns, &pod, &uid, &container;
  api::ProbeKind kind;
  const ProbeCounts& counts;
};

class Prober {
 public:
  /// All of it outlives the prober.
  struct Parts {
    Executor executor;
    Clock& clock;
    BlockingPool& pool;
    const Layout& layout;
    Checks& checks;
    events::Recorder& recorder;
  };
  explicit Prober(Parts parts);
  ~Prober();
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;

  /// Told when what Of() says of a pod's container has changed.
  void OnChange(std::function<void(const std::string& uid)> changed) { changed_ = std::move(changed); }

  /// From now on exactly these containers of the pod are asked: the newest of each name that has probes, running or
  /// not. Of one that does not run any more what counts is remembered.
  void Use(const api::Pod& pod, const std::vector<Target>& targets);
  /// The pod is being ended: nothing is restarted any more, readiness goes on.
  void Ending(const std::string& uid);
  void Drop(const std::string& uid);

  /// Absent of a container that nobody uses.
  std::optional<Standing> Of(const std::string& uid, const std::string& container_id) const;
  /// What an earlier agent kept of the pod's containers has been read; OnChange() is told when it has.
  bool Known(const std::string& uid) const;
  /// How many probes are being asked.
  size_t running() const;
  void Each(const std::function<void(const CountedProbe&)>& show) const;

 private:
  struct Probing;
  struct Container;
  using Containers = std::map<std::string, std::shared_ptr<Container>>;  ///< by id
  struct Counted {
    std::string ns, name;                                                                     ///< of the pod
    std::map<std::pair<std::string, api::ProbeKind>, std::shared_ptr<ProbeCounts>> of_probe;  ///< by container
  };

  void Begin(const std::string& uid, const std::shared_ptr<Container>& container);
  std::shared_ptr<ProbeCounts> CountsOf(const Container& container, api::ProbeKind kind);
  void End(const std::string& uid);
  Task<void> Run(std::shared_ptr<Probing> probing);
  Task<void> Recall(std::shared_ptr<Probing> probing);
  Task<void> AwaitTurn(std::shared_ptr<Probing> probing);
  Task<void> AskOnce(std::shared_ptr<Probing> probing);
  Task<void> Take(std::shared_ptr<Probing> probing, bool passed);
  void Tell(const Probing& probing, const Outcome& outcome);

  const Parts parts_;
  std::function<void(const std::string&)> changed_;
  std::map<std::string, Containers> pods_;  ///< by uid
  std::map<std::string, Counted> counted_;  ///< by uid, until Drop(): containers come and go
};

}  // namespace ordinal::probes

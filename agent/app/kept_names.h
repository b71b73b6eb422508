// KeptNames: the names of the last run, so that a restarted agent answers at once. Part of the composition root: it
// joins names/ with the runtime and a file.
//
//   names change ──(a second later)──> <run-dir>/names.json ──(next start)──> less what the runtime no longer runs ──>
//   DNS
//
// The run directory is the place because nothing in it is true after a reboot, and writing to it wakes no disk.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/base/blocking_pool.h"
#include "agent/base/clock.h"
#include "agent/names/kept.h"
#include "agent/observe/pod_state.h"

namespace ordinal {

/// Where the names of the last run are, and who knows which of them still hold.
struct LastRun {
  Clock& clock;
  cri::Runtime& runtime;
  std::string agent;  ///< the value of observe::kAgentLabel on our sandboxes
  std::string file;
  std::string zone;
};

/// The names of the last run that still hold, as a snapshot that is not whole; null when there are none. Waits for the
/// runtime's list, unless `given_up` says that nobody wants to know any more.
Task<std::shared_ptr<const dns::Snapshot>> NamesOf(LastRun run, std::function<bool()> given_up);

class KeptNames {
 public:
  struct Parts {
    Executor executor;
    Clock& clock;
    BlockingPool& pool;
    const observe::PodStates& states;
    std::string file;
    std::string zone;
  };
  /// What is named now.
  using Collect = std::function<names::Names()>;

  KeptNames(Parts parts, Collect collect) : parts_(std::move(parts)), collect_(std::move(collect)) {}

  /// Names changed: they are written within a second, several changes at once.
  void Changed();

 private:
  Task<void> Write();
  names::Sandboxes SandboxesOf(const names::Names& names) const;

  Parts parts_;
  Collect collect_;
  TimerHandle due_;
  bool waiting_ = false;
  std::string written_;  ///< what the file holds
};

}  // namespace ordinal

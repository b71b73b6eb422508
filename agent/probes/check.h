// What is asked of a container and what came of it. Checks does it for real; tests have fakes/fake_checks.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/base/clock.h"
#include "agent/base/task.h"

namespace ordinal::probes {

/// Bytes kept of what a command or a server said (k8s.io/kubernetes pkg/probe: maxRespBodyLength, maxReadLength).
inline constexpr size_t kMostSaid = 10 * 1024;

struct Outcome {
  enum class Kind {
    kPassed,
    kWarned,  ///< passed, with something to tell
    kFailed,
    kUnknown,  ///< it could not be asked (the runtime is away): counts for nothing
  };
  Kind kind = Kind::kPassed;
  std::string message = {};  ///< what it said, or why it failed

  bool passed() const { return kind == Kind::kPassed || kind == Kind::kWarned; }
};

/// Whom to ask.
struct Where {
  std::string container_id;
  std::string ip;  ///< the pod's
  std::vector<api::ContainerPort> ports;
};

/// The handler's port, looked up by name where it has one; kNotFound for a name that no port has.
Result<int32_t> PortOf(const api::Handler& handler, const std::vector<api::ContainerPort>& ports);

class Checks {
 public:
  virtual ~Checks() = default;

  /// Probes: asks once. What is late has failed; a command that nothing is heard of says nothing. Some seconds after
  /// `timeout` at the latest there is an outcome. Cancelling the caller ends it early. Neither a process nor a thread
  /// of ours is needed but for kExec.
  virtual Task<Outcome> Probe(Where where, std::shared_ptr<const api::Handler> what, Duration timeout) = 0;

  /// Hooks: does it, for as long as it takes. An HTTP request has passed with any answer; tcpSocket does nothing.
  virtual Task<Outcome> Run(Where where, std::shared_ptr<const api::Handler> what) = 0;
};

}  // namespace ordinal::probes

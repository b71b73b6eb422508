// ContainerChecks: asks containers for real: by a command, or by HTTP, TCP and gRPC over the pod's address.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "agent/probes/check.h"
#include "cri/runtime.h"

namespace ordinal::probes {

class ContainerChecks final : public Checks {
 public:
  /// How a command is run in a container: as cri::Runtime::ExecSync.
  using Execute = std::function<Task<Result<cri::ExecResult>>(std::string id, std::vector<std::string> command,
                                                              std::chrono::seconds timeout)>;

  /// What they refer to outlives it and all that runs in it.
  ContainerChecks(Clock& clock, Execute execute) : clock_(clock), execute_(std::move(execute)) {}

  Task<Outcome> Probe(Where where, std::shared_ptr<const api::Handler> what, Duration timeout) override;
  Task<Outcome> Run(Where where, std::shared_ptr<const api::Handler> what) override;

 private:
  Task<Outcome> Command(Where where, std::shared_ptr<const api::Handler> what, std::chrono::seconds timeout);
  Task<Outcome> Fetch(Where where, std::shared_ptr<const api::Handler> what, bool any_answer);
  static Task<Outcome> Connect(Where where, std::shared_ptr<const api::Handler> what);
  static Task<Outcome> AskGrpc(Where where, std::shared_ptr<const api::Handler> what, Duration timeout);

  Clock& clock_;
  const Execute execute_;
};

}  // namespace ordinal::probes

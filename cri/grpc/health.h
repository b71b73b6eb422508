// Asks the gRPC health service of a container (grpc.health.v1.Health/Check). Here because gRPC is.
#pragma once

#include <chrono>
#include <string>

#include "agent/base/task.h"

namespace ordinal::cri {

struct HealthAnswer {
  bool serving = false;
  std::string said;  ///< what it is instead, or why there is no answer: a sentence for people
};

/// `address` is an IP address; `service` empty asks about the server as a whole. Without TLS, on a connection of its
/// own. Ends within `timeout` or when cancelled; never fails: no answer is an answer.
Task<HealthAnswer> AskHealth(std::string address, int32_t port, std::string service, std::chrono::milliseconds timeout);

}  // namespace ordinal::cri

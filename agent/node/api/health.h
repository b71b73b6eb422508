// What /healthz of the node's own API says, by its parts. Pure.
#pragma once

#include <optional>
#include <string>

#include "agent/api/object.h"
#include "agent/base/clock.h"

namespace ordinal::node {

/// How long pods may stand still before that is called ill (Kubernetes: pkg/kubelet/server/server.go,
/// syncLoopHealthCheck: five minutes at least).
inline constexpr Duration kHealthPatience = std::chrono::minutes(5);

struct HealthSubject {
  std::string waiting_for;                 ///< the step of the start that is under way; empty: it is over
  Duration runs{0};                        ///< since the start of the agent
  std::optional<Duration> runtime_silent;  ///< how long the runtime has not answered; absent: it does
};

/// {part: true | "why not"}: ping, syncloop.
api::Json HealthOf(const HealthSubject& subject);

}  // namespace ordinal::node

// Probes and lifecycle hooks of a container, as the node reads them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/api/object.h"
#include "agent/base/clock.h"

namespace ordinal::api {

/// What is asked of a container, or done in it: the action of a probe or of a hook.
struct Handler {
  enum class Kind { kNone, kExec, kHttpGet, kTcpSocket, kGrpc, kSleep };
  Kind kind = Kind::kNone;
  std::vector<std::string> command;                          ///< exec
  std::string scheme = "HTTP", path;                         ///< httpGet
  std::vector<std::pair<std::string, std::string>> headers;  ///< httpGet
  std::string host;                                          ///< httpGet, tcpSocket; empty: the pod's address
  std::string port_name;                                     ///< of a container's port; empty: `port` is the number
  int32_t port = 0;                                          ///< httpGet, tcpSocket, grpc
  std::string service;                                       ///< grpc
  int64_t seconds = 0;                                       ///< sleep
};

enum class ProbeKind { kStartup, kReadiness, kLiveness };

/// "Startup", "Readiness", "Liveness".
const char* ToString(ProbeKind kind);

struct Probe {
  Handler handler;
  Duration initial_delay{0}, period = std::chrono::seconds(10), timeout = std::chrono::seconds(1);
  int32_t success_threshold = 1, failure_threshold = 3;
  std::optional<int64_t> grace_seconds;  ///< of the end that this probe's failure brings; absent: the pod's
};

/// What a container has of them; null: none. Views are copied around, so what few containers have is held apart.
struct Probes {
  std::shared_ptr<const Probe> startup, readiness, liveness;

  bool any() const { return startup || readiness || liveness; }
  std::shared_ptr<const Probe>& of(ProbeKind kind) {
    return kind == ProbeKind::kStartup ? startup : kind == ProbeKind::kReadiness ? readiness : liveness;
  }
};

struct Hooks {
  std::shared_ptr<const Handler> post_start, pre_stop;
  std::string stop_signal = {};  ///< "SIGUSR1"; empty: the image's, or SIGTERM
};

Probes ReadProbes(const Json& container);
Hooks ReadHooks(const Json& container);

/// Of a probe by that annotation of its pod: "main.readiness=200ms,main.liveness=1500ms". Shorter than what
/// periodSeconds can say.
inline constexpr char kProbePeriods[] = "ordinal.dev/probe-periods";
inline constexpr Duration kShortestProbePeriod = std::chrono::milliseconds(50);

/// One item of the annotation.
struct ProbePeriod {
  std::string container;
  ProbeKind kind = ProbeKind::kReadiness;
  Duration period{0};
};

/// kInvalid with what is wrong.
Result<std::vector<ProbePeriod>> ParseProbePeriods(const std::string& annotation);

}  // namespace ordinal::api

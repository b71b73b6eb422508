#include "agent/probes/container_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "agent/base/utf8.h"
#include "agent/probes/dial.h"
#include "agent/probes/http_get.h"
#include "agent/probes/within.h"
#include "cri/grpc/health.h"

namespace ordinal::probes {
namespace {

using Kind = Outcome::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Who runs a command ends it when it is late, and its time begins when it has begun. Only if nothing is heard for so
// much longer the call is given up.
constexpr Duration kNothingIsHeard = seconds(5);
// A hook may take as long as its container lives: this only keeps numbers small.
constexpr seconds kNoLimit = std::chrono::hours(24);

std::string Said(const std::string& text) { return ValidText(text, kMostSaid); }

std::string HostOf(const api::Handler& what, const Where& where) { return what.host.empty() ? where.ip : what.host; }

Outcome Failed(const Error& error) { return {Kind::kFailed, Said(error.message)}; }

std::string InSeconds(Duration time) {
  const auto ms = std::chrono::duration_cast<milliseconds>(time).count();
  return ms % 1000 == 0 ? fmt::format("{}s", ms / 1000) : fmt::format("{}ms", ms);
}

/// What a probe that did not end in time is said to have done (the words of Go's packages).
std::string TooLate(const api::Handler& what, const Where& where, Duration timeout) {
  const auto port = PortOf(what, where.ports);
  const uint16_t number = port.ok() ? static_cast<uint16_t>(*port) : 0;
  switch (what.kind) {
    case api::Handler::Kind::kExec:
      return fmt::format("command timed out: \"{}\" timed out after {}", fmt::join(what.command, " "),
                         InSeconds(timeout));
    case api::Handler::Kind::kHttpGet:
      return fmt::format("Get \"{}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
                         MakeUrl(what.scheme == "HTTPS", HostOf(what, where), number, what.path).Text());
    case api::Handler::Kind::kGrpc:
      return fmt::format("timeout: failed to connect service \"{}:{}\" within {}: context deadline exceeded", where.ip,
                         number, InSeconds(timeout));
    default: return fmt::format("dial tcp {}:{}: i/o timeout", HostOf(what, where), number);
  }
}

/// An empty host would be this host.
bool NobodyToAsk(const api::Handler& what, const Where& where) {
  switch (what.kind) {
    case api::Handler::Kind::kHttpGet:
    case api::Handler::Kind::kTcpSocket: return HostOf(what, where).empty();
    case api::Handler::Kind::kGrpc: return where.ip.empty();
    default: return false;
  }
}

}  // namespace

Result<int32_t> PortOf(const api::Handler& handler, const std::vector<api::ContainerPort>& ports) {
  if (handler.port_name.empty()) return handler.port;
  const auto named = std::find_if(ports.begin(), ports.end(),
                                  [&](const api::ContainerPort& port) { return port.name == handler.port_name; });
  if (named != ports.end()) return named->container_port;
  return MakeError(ErrorCode::kNotFound, fmt::format("couldn't find port: {}", handler.port_name));
}

Task<Outcome> ContainerChecks::Probe(Where where, std::shared_ptr<const api::Handler> what, Duration timeout) {
  if (NobodyToAsk(*what, where)) co_return Outcome{Kind::kUnknown, "the pod has no address"};
  Outcome late{Kind::kFailed, Said(TooLate(*what, where, timeout))};
  if (what->kind == api::Handler::Kind::kExec) {
    const auto whole = std::max(std::chrono::ceil<seconds>(timeout), seconds(1));
    late.kind = Kind::kUnknown;  // nothing was heard of it: it may not have begun
    Task<Outcome> command = Command(std::move(where), what, whole);
    co_return co_await Within(clock_, timeout + kNothingIsHeard, std::move(command), std::move(late));
  }
  Task<Outcome> check = what->kind == api::Handler::Kind::kHttpGet ? Fetch(std::move(where), what, false)
                        : what->kind == api::Handler::Kind::kGrpc  ? AskGrpc(std::move(where), what, timeout)
                                                                   : Connect(std::move(where), what);
  co_return co_await Within(clock_, timeout, std::move(check), std::move(late));
}

Task<Outcome> ContainerChecks::Run(Where where, std::shared_ptr<const api::Handler> what) {
  if (NobodyToAsk(*what, where)) co_return Outcome{Kind::kUnknown, "the pod has no address"};
  switch (what->kind) {
    case api::Handler::Kind::kExec: co_return co_await Command(std::move(where), what, kNoLimit);
    case api::Handler::Kind::kHttpGet: co_return co_await Fetch(std::move(where), what, true);
    case api::Handler::Kind::kSleep: co_await Sleep(clock_, seconds(what->seconds)); co_return Outcome();
    default: co_return Outcome();
  }
}

Task<Outcome> ContainerChecks::Command(Where where, std::shared_ptr<const api::Handler> what, seconds timeout) {
  const auto ended = co_await execute_(where.container_id, what->command, timeout);
  if (ended.ok()) {
    std::string said = Said(ended->out + ended->err);
    co_return Outcome{ended->exit_code == 0 ? Kind::kPassed : Kind::kFailed, std::move(said)};
  }
  if (ended.error().code == ErrorCode::kDeadlineExceeded) {
    co_return Outcome{Kind::kFailed, Said(TooLate(*what, where, timeout))};
  }
  // A runtime that is away says nothing of the container; nor does a command that is not there, as with a kubelet.
  co_return Outcome{Kind::kUnknown, Said(ended.error().message)};
}

Task<Outcome> ContainerChecks::Fetch(Where where, std::shared_ptr<const api::Handler> what, bool any_answer) {
  const auto port = PortOf(*what, where.ports);
  if (!port.ok()) co_return Failed(port.error());
  Url url = MakeUrl(what->scheme == "HTTPS", HostOf(*what, where), static_cast<uint16_t>(*port), what->path);
  const auto answer = co_await HttpGet(std::move(url), what->headers);
  if (!answer.ok()) co_return Failed(answer.error());
  if (any_answer || (answer->status >= 200 && answer->status < 300))
    co_return Outcome{Kind::kPassed, Said(answer->body)};
  if (answer->status >= 300 && answer->status < 400) {  // led elsewhere
    co_return Outcome{Kind::kWarned, Said("Probe terminated redirects, Response body: " + answer->body)};
  }
  co_return Outcome{Kind::kFailed, fmt::format("HTTP probe failed with statuscode: {}", answer->status)};
}

Task<Outcome> ContainerChecks::Connect(Where where, std::shared_ptr<const api::Handler> what) {
  const auto port = PortOf(*what, where.ports);
  if (!port.ok()) co_return Failed(port.error());
  const auto connected = co_await Dial(HostOf(*what, where), static_cast<uint16_t>(*port));
  co_return connected.ok() ? Outcome() : Failed(connected.error());
}

Task<Outcome> ContainerChecks::AskGrpc(Where where, std::shared_ptr<const api::Handler> what, Duration timeout) {
  cri::HealthAnswer answer =
      co_await cri::AskHealth(where.ip, what->port, what->service, std::chrono::duration_cast<milliseconds>(timeout));
  co_return Outcome{answer.serving ? Kind::kPassed : Kind::kFailed, Said(answer.said)};
}

}  // namespace ordinal::probes

// The part of the Pod view that reads probes and hooks.
#include <charconv>
#include <string_view>

#include "agent/api/kinds/pod/probe.h"
#include "agent/api/read.h"
#include "agent/base/bounded_time.h"

namespace ordinal::api {
namespace {

constexpr int32_t kLongestPeriodMs = 3'600'000;

void ReadPort(const Json& action, Handler& handler) {
  const Json& port = Member(action, "port");
  if (port.is_string()) {
    handler.port_name = port.get<std::string>();
  } else {
    handler.port = static_cast<int32_t>(ReadInt(action, "port"));
  }
}

Handler ReadHandler(const Json& json) {
  Handler handler;
  if (const Json& exec = Member(json, "exec"); exec.is_object()) {
    handler.kind = Handler::Kind::kExec;
    handler.command = ReadStrings(exec, "command");
  } else if (const Json& http = Member(json, "httpGet"); http.is_object()) {
    handler.kind = Handler::Kind::kHttpGet;
    handler.scheme = ReadString(http, "scheme", "HTTP");
    handler.path = ReadString(http, "path", "/");
    handler.host = ReadString(http, "host");
    for (const auto& header : Items(http, "httpHeaders")) {
      handler.headers.emplace_back(ReadString(header, "name"), ReadString(header, "value"));
    }
    ReadPort(http, handler);
  } else if (const Json& tcp = Member(json, "tcpSocket"); tcp.is_object()) {
    handler.kind = Handler::Kind::kTcpSocket;
    handler.host = ReadString(tcp, "host");
    ReadPort(tcp, handler);
  } else if (const Json& grpc = Member(json, "grpc"); grpc.is_object()) {
    handler.kind = Handler::Kind::kGrpc;
    handler.service = ReadString(grpc, "service");
    ReadPort(grpc, handler);
  } else if (const Json& sleep = Member(json, "sleep"); sleep.is_object()) {
    handler.kind = Handler::Kind::kSleep;
    handler.seconds = ReadInt(sleep, "seconds");
  }
  return handler;
}

int32_t ReadThreshold(const Json& json, std::string_view name, int32_t absent) {
  const int64_t given = ReadInt(json, name, absent);
  return given < 1 ? absent : static_cast<int32_t>(given);
}

/// Zero is as good as absent, as in the reference's defaults.
Duration ReadSeconds(const Json& json, std::string_view name, int64_t absent) {
  const int64_t given = ReadInt(json, name, absent);
  return BoundedDuration(given < 1 ? absent : given);
}

std::shared_ptr<const Probe> ReadProbe(const Json& json) {
  if (!json.is_object()) return nullptr;
  auto probe = std::make_shared<Probe>();
  probe->handler = ReadHandler(json);
  probe->initial_delay = BoundedDuration(std::max<int64_t>(0, ReadInt(json, "initialDelaySeconds")));
  probe->period = ReadSeconds(json, "periodSeconds", 10);
  probe->timeout = ReadSeconds(json, "timeoutSeconds", 1);
  probe->success_threshold = ReadThreshold(json, "successThreshold", 1);
  probe->failure_threshold = ReadThreshold(json, "failureThreshold", 3);
  probe->grace_seconds = ReadOptional<int64_t>(json, "terminationGracePeriodSeconds");
  return probe;
}

std::shared_ptr<const Handler> ReadHook(const Json& json) {
  return json.is_object() ? std::make_shared<const Handler>(ReadHandler(json)) : nullptr;
}

std::optional<ProbeKind> KindNamed(std::string_view name) {
  if (name == "startup") return ProbeKind::kStartup;
  if (name == "readiness") return ProbeKind::kReadiness;
  if (name == "liveness") return ProbeKind::kLiveness;
  return std::nullopt;
}

Result<ProbePeriod> ParseProbePeriod(std::string_view item) {
  const size_t dot = item.find('.'), equals = item.find('=');
  const bool formed = dot != std::string_view::npos && equals != std::string_view::npos && dot < equals &&
                      item.size() > equals + 3 && item.substr(item.size() - 2) == "ms";
  const auto kind = formed ? KindNamed(item.substr(dot + 1, equals - dot - 1)) : std::nullopt;
  const std::string said(item);
  if (!kind) {
    return MakeError(ErrorCode::kInvalid,
                     "\"" + said + "\" must have the form CONTAINER.readiness=200ms (or startup, or liveness)");
  }
  const std::string_view digits = item.substr(equals + 1, item.size() - equals - 3);
  int32_t ms = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), ms);
  const int64_t least = std::chrono::duration_cast<std::chrono::milliseconds>(kShortestProbePeriod).count();
  if (code != std::errc() || end != digits.data() + digits.size() || ms < least || ms > kLongestPeriodMs) {
    return MakeError(ErrorCode::kInvalid, "\"" + said + "\" must give from 50ms to 3600000ms");
  }
  return ProbePeriod{std::string(item.substr(0, dot)), *kind, std::chrono::milliseconds(ms)};
}

}  // namespace

const char* ToString(ProbeKind kind) {
  return kind == ProbeKind::kStartup ? "Startup" : kind == ProbeKind::kReadiness ? "Readiness" : "Liveness";
}

Probes ReadProbes(const Json& container) {
  return {ReadProbe(Member(container, "startupProbe")), ReadProbe(Member(container, "readinessProbe")),
          ReadProbe(Member(container, "livenessProbe"))};
}

Hooks ReadHooks(const Json& container) {
  const Json& lifecycle = Member(container, "lifecycle");
  return {ReadHook(Member(lifecycle, "postStart")), ReadHook(Member(lifecycle, "preStop")),
          ReadString(lifecycle, "stopSignal")};
}

Result<std::vector<ProbePeriod>> ParseProbePeriods(const std::string& annotation) {
  std::vector<ProbePeriod> periods;
  std::string_view left = annotation;
  while (!left.empty()) {
    const size_t comma = left.find(',');
    std::string_view item = left.substr(0, comma);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    TRY(ProbePeriod period, ParseProbePeriod(item));
    periods.push_back(std::move(period));
    left = comma == std::string_view::npos ? std::string_view() : left.substr(comma + 1);
  }
  return periods;
}

}  // namespace ordinal::api

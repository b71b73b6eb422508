// Rules of probes and lifecycle hooks.
#include <algorithm>

#include "agent/api/kinds/pod/container_rules.h"
#include "agent/api/kinds/pod/probe.h"
#include "agent/api/kinds/pod/stop_signals.h"
#include "agent/api/kinds/pod/values.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

void ValidatePort(const Json& action, const Path& path, Faults& faults) {
  const Json& port = Member(action, "port");
  if (port.is_string()) {
    faults.Named(path / "port", port.get<std::string>(), CheckPortName);
  } else {
    faults.Range(path / "port", ReadInt(action, "port"), 1, kLastPort);
  }
}

constexpr size_t kMostHeader = 8192;
constexpr size_t kMostHost = 253;

/// What would end the header, or the request, early.
bool HasControls(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char byte) { return byte < 0x20 && byte != '\t'; });
}

void ValidateHeaders(const Json& action, const Path& path, Faults& faults) {
  static constexpr std::string_view kNameBytes =
      "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const Json& headers = Items(action, "httpHeaders");
  for (size_t i = 0; i < headers.size(); ++i) {
    const Path at = (path / "httpHeaders")[i];
    const std::string name = ReadString(headers[i], "name");
    if (name.empty() || name.find_first_not_of(kNameBytes) != std::string::npos) {
      faults.Invalid(at / "name", name, "must be the name of an HTTP header, such as X-Custom");
    }
    const std::string value = ReadString(headers[i], "value");
    if (name.size() + value.size() > kMostHeader) {
      faults.Add(at, kInvalid, "may have no more than 8192 bytes together with its name");
    }
    if (HasControls(value)) faults.Invalid(at / "value", value, "may not hold line breaks or other control characters");
  }
}

bool HasProbe(const Json& container, ProbeKind kind) {
  Probes probes = ReadProbes(container);
  return probes.of(kind) != nullptr;
}

void ValidateHost(const Json& action, const Path& path, Faults& faults) {
  const std::string host = ReadString(action, "host");
  if (host.size() <= kMostHost && !HasControls(host)) return;
  faults.Invalid(path / "host", host.substr(0, kMostHost), "must be an address or a name of at most 253 bytes");
}

void ValidateHttpGet(const Json& action, const Path& path, Faults& faults) {
  if (ReadString(action, "path").empty()) faults.Required(path / "path");
  ValidatePort(action, path, faults);
  faults.OneOf(path / "scheme", ReadString(action, "scheme"), schema::kSchemes);
  ValidateHost(action, path, faults);
  ValidateHeaders(action, path, faults);
}

/// One of the ways to ask a container: exactly one of `kinds` must be there.
void ValidateHandler(const Json& handler, const Path& path, std::initializer_list<std::string_view> kinds,
                     Faults& faults) {
  size_t found = 0;
  std::string known;
  for (const auto kind : kinds) {
    known += (known.empty() ? "" : ", ") + std::string(kind);
    const Json& action = Member(handler, kind);
    if (!action.is_object()) continue;
    if (++found > 1) {
      faults.Forbidden(path / kind, "may not be given beside another kind of action");
      continue;
    }
    const Path at = path / kind;
    if (kind == "exec" && ReadStrings(action, "command").empty()) faults.Required(at / "command");
    if (kind == "httpGet") ValidateHttpGet(action, at, faults);
    if (kind == "tcpSocket") ValidatePort(action, at, faults);
    if (kind == "tcpSocket") ValidateHost(action, at, faults);
    if (kind == "grpc") faults.Range(at / "port", ReadInt(action, "port"), 1, kLastPort);
  }
  if (found == 0) faults.Required(path, "must have one of " + known);
}

void ValidateProbe(const Json& probe, const Path& path, bool readiness, Faults& faults) {
  if (!probe.is_object()) return;
  ValidateHandler(probe, path, {"exec", "httpGet", "tcpSocket", "grpc"}, faults);
  for (const std::string_view member :
       {"initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"}) {
    faults.NotNegative(path / member, ReadInt(probe, member));
  }
  if (probe.contains("terminationGracePeriodSeconds")) {
    const Path at = path / "terminationGracePeriodSeconds";
    const int64_t seconds = ReadInt(probe, "terminationGracePeriodSeconds");
    if (readiness) faults.Invalid(at, seconds, "may not be given for a readiness probe");
    if (!readiness && seconds <= 0) faults.Invalid(at, seconds, "must be more than 0");
  }
  const int64_t successes = ReadInt(probe, "successThreshold", 1);
  if (!readiness && successes > 1) faults.Invalid(path / "successThreshold", successes, "must be 1");
}

}  // namespace

void ValidateProbes(const Json& container, const Path& path, Faults& faults) {
  for (const std::string_view member : {"livenessProbe", "readinessProbe", "startupProbe"}) {
    ValidateProbe(Member(container, member), path / member, member == "readinessProbe", faults);
  }
}

void ValidateLifecycle(const Json& container, const Path& path, int64_t grace_seconds, Faults& faults) {
  const Json& lifecycle = Member(container, "lifecycle");
  for (const std::string_view hook : {"postStart", "preStop"}) {
    const Json& handler = Member(lifecycle, hook);
    if (!handler.is_object()) continue;
    const Path at = path / "lifecycle" / hook;
    ValidateHandler(handler, at, {"exec", "httpGet", "tcpSocket", "sleep"}, faults);
    const Json& sleep = Member(handler, "sleep");
    const int64_t seconds = ReadInt(sleep, "seconds");
    if (sleep.is_object() && (seconds < 0 || seconds > grace_seconds)) {
      faults.Invalid(at / "sleep" / "seconds", seconds,
                     "must be from 0 to terminationGracePeriodSeconds (" + std::to_string(grace_seconds) + ")");
    }
  }
}

void ValidateStopSignal(const Json& container, const Path& path, bool names_os, Faults& faults) {
  const std::string signal = ReadString(Member(container, "lifecycle"), "stopSignal");
  if (signal.empty()) return;
  const Path at = path / "lifecycle" / "stopSignal";
  if (!names_os) faults.Forbidden(at, "may not be set for containers with empty `spec.os.name`");
  if (!SignalNumber(signal)) faults.Add(at, kNotSupported, "\"" + signal + "\" is no signal; write SIGTERM, SIGUSR1 …");
}

void ValidateProbePeriods(const Json& metadata, const Json& spec, const Path& path, Faults& faults) {
  const std::string annotation = ReadString(Member(metadata, "annotations"), kProbePeriods);
  if (annotation.empty()) return;
  const Path at = (path / "annotations")[std::string(kProbePeriods)];
  const auto periods = ParseProbePeriods(annotation);
  if (!periods.ok()) return faults.Invalid(at, annotation, periods.error().message);
  for (const ProbePeriod& each : *periods) {
    bool found = false;
    for (const std::string_view list : {"containers", "initContainers"}) {
      for (const auto& container : Items(spec, list)) {
        found = found || (ReadString(container, "name") == each.container && HasProbe(container, each.kind));
      }
    }
    if (!found) {
      faults.Invalid(at, annotation, "container \"" + each.container + "\" has no such probe");
    }
  }
}

void WarnOfHooks(const Json& spec, const std::string& path, std::vector<std::string>& warnings) {
  for (const std::string_view list : {"containers", "initContainers"}) {
    const Json& containers = Items(spec, list);
    for (size_t i = 0; i < containers.size(); ++i) {
      for (const std::string_view hook : {"postStart", "preStop"}) {
        if (!Member(Member(Member(containers[i], "lifecycle"), hook), "tcpSocket").is_object()) continue;
        warnings.push_back(path + "." + std::string(list) + "[" + std::to_string(i) + "].lifecycle." +
                           std::string(hook) + ".tcpSocket: does nothing; hooks are exec, httpGet and sleep");
      }
    }
  }
}

}  // namespace ordinal::api

// Rules of probes and lifecycle hooks.
#include "agent/api/kinds/pod/container_rules.h"
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

void ValidateHttpGet(const Json& action, const Path& path, Faults& faults) {
  if (ReadString(action, "path").empty()) faults.Required(path / "path");
  ValidatePort(action, path, faults);
  faults.OneOf(path / "scheme", ReadString(action, "scheme"), {"HTTP", "HTTPS"});
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
    if (kind == "grpc") faults.Range(at / "port", ReadInt(action, "port"), 1, kLastPort);
    if (kind == "sleep" && ReadInt(action, "seconds") <= 0) {
      faults.Invalid(at / "seconds", ReadInt(action, "seconds"), "must be more than 0");
    }
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

void ValidateLifecycle(const Json& container, const Path& path, Faults& faults) {
  const Json& lifecycle = Member(container, "lifecycle");
  for (const std::string_view hook : {"postStart", "preStop"}) {
    const Json& handler = Member(lifecycle, hook);
    if (handler.is_object()) {
      ValidateHandler(handler, path / "lifecycle" / hook, {"exec", "httpGet", "tcpSocket", "sleep"}, faults);
    }
  }
}

}  // namespace ordinal::api

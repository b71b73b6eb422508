#include "agent/api/kinds/ingress/rules.h"

#include "agent/api/kinds/ingress/fields.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

/// A host name, whose first label may be "*".
void ValidateIngressHost(const std::string& host, const Path& path, Faults& faults) {
  if (host.empty()) return;
  if (!CheckAddress(host)) return faults.Invalid(path, host, "must be a DNS name, not an IP address");
  faults.Syntax(path, host.starts_with("*.") ? host.substr(2) : host, CheckDnsSubdomain);
}

void ValidateServiceBackend(const Json& service, const Path& path, Faults& faults) {
  faults.Named(path / "name", ReadString(service, "name"), CheckDns1035Label);
  const Json& port = Member(service, "port");
  const std::string name = ReadString(port, "name");
  const int64_t number = ReadInt(port, "number");
  if (!name.empty() && number != 0) {
    faults.Add(path, kInvalid, "cannot set both port name & port number");
  } else if (!name.empty()) {
    faults.Syntax(path / "port" / "name", name, CheckPortName);
  } else if (number == 0) {
    faults.Required(path, "port name or number is required");
  } else {
    faults.Range(path / "port" / "number", number, 1, kLastPort);
  }
}

void ValidateIngressBackend(const Json& backend, const Path& path, Faults& faults) {
  const bool of_service = Member(backend, "service").is_object(), other = Member(backend, "resource").is_object();
  if (of_service && other) return faults.Add(path, kInvalid, "cannot set both resource and service backends");
  if (!of_service && !other) return faults.Required(path / "service");
  if (of_service) return ValidateServiceBackend(Member(backend, "service"), path / "service", faults);
  for (const std::string_view member : {"kind", "name"}) {
    faults.Named(path / "resource" / member, ReadString(Member(backend, "resource"), member), CheckPathSegment);
  }
}

void ValidateAbsolute(const std::string& text, const Path& path, Faults& faults) {
  if (!text.starts_with("/")) return faults.Invalid(path, text, "must be an absolute path");
  for (const char* wrong : {"//", "/./", "/../", "%2f", "%2F"}) {
    if (text.find(wrong) != std::string::npos) {
      faults.Invalid(path, text, std::string("must not contain '") + wrong + "'");
    }
  }
  for (const char* wrong : {"/..", "/."}) {
    if (text.ends_with(wrong)) faults.Invalid(path, text, std::string("cannot end with '") + wrong + "'");
  }
}

void ValidateIngressPath(const Json& http, const Path& path, Faults& faults) {
  const std::string type = ReadString(http, "pathType"), text = ReadString(http, "path");
  if (type.empty()) faults.Required(path / "pathType", "pathType must be specified");
  faults.OneOf(path / "pathType", type, schema::kPathTypes);
  if (type == "Exact" || type == "Prefix") ValidateAbsolute(text, path / "path", faults);
  if (type == "ImplementationSpecific" && !text.empty() && !text.starts_with("/")) {
    faults.Invalid(path / "path", text, "must be an absolute path");
  }
  ValidateIngressBackend(Member(http, "backend"), path / "backend", faults);
}

void ValidateIngressRule(const Json& rule, const Path& path, Faults& faults) {
  ValidateIngressHost(ReadString(rule, "host"), path / "host", faults);
  const Json& http = Member(rule, "http");
  if (!http.is_object()) return;
  const Json& paths = Items(http, "paths");
  if (paths.empty()) faults.Required(path / "http" / "paths");
  for (size_t i = 0; i < paths.size(); ++i) ValidateIngressPath(paths[i], (path / "http" / "paths")[i], faults);
}

}  // namespace

void ValidateIngress(const Json& spec, Faults& faults) {
  const Path path("spec");
  const Json& rules = Items(spec, "rules");
  const Json& backend = Member(spec, "defaultBackend");
  if (rules.empty() && !backend.is_object()) {
    faults.Add(path, kInvalid, "either `defaultBackend` or `rules` must be specified");
  }
  if (backend.is_object()) ValidateIngressBackend(backend, path / "defaultBackend", faults);
  faults.Syntax(path / "ingressClassName", ReadString(spec, "ingressClassName"), CheckDnsSubdomain);
  for (size_t i = 0; i < rules.size(); ++i) ValidateIngressRule(rules[i], (path / "rules")[i], faults);
  const Json& tls = Items(spec, "tls");
  for (size_t i = 0; i < tls.size(); ++i) {
    const Path at = (path / "tls")[i];
    const std::vector<std::string> hosts = ReadStrings(tls[i], "hosts");
    for (size_t k = 0; k < hosts.size(); ++k) ValidateIngressHost(hosts[k], (at / "hosts")[k], faults);
    faults.Syntax(at / "secretName", ReadString(tls[i], "secretName"), CheckDnsSubdomain);
  }
}

}  // namespace ordinal::api

#include "agent/api/kinds/pod/rules.h"

#include <limits>

#include "agent/api/kinds/pod/container_rules.h"
#include "agent/api/kinds/pod/pod_resources.h"
#include "agent/api/kinds/pod/values.h"
#include "agent/api/kinds/pod/volume_rules.h"
#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr size_t kMostNameservers = 3;
constexpr size_t kMostSearches = 32;
constexpr size_t kMostTolerations = 1000;  // ours: the reference has no bound but that of a whole object
constexpr size_t kLongestHostname = 64;    // the kernel's

void ValidateDns(const Json& spec, const Path& path, Faults& faults) {
  const std::string policy = ReadString(spec, "dnsPolicy");
  faults.OneOf(path / "dnsPolicy", policy, schema::kDnsPolicies);
  const Json& config = Member(spec, "dnsConfig");
  const Path at = path / "dnsConfig";
  const auto nameservers = ReadStrings(config, "nameservers");
  if (policy == "None" && nameservers.empty()) {
    faults.Required(config.is_object() ? at / "nameservers" : at, "must name a server when dnsPolicy is None");
  }
  if (nameservers.size() > kMostNameservers) {
    faults.Add(at / "nameservers", kInvalid, "must have no more than 3 entries");
  }
  for (size_t i = 0; i < nameservers.size(); ++i) faults.Syntax((at / "nameservers")[i], nameservers[i], CheckAddress);
  if (ReadStrings(config, "searches").size() > kMostSearches) {
    faults.Add(at / "searches", kInvalid, "must have no more than 32 entries");
  }
  const Json& options = Items(config, "options");
  for (size_t i = 0; i < options.size(); ++i) {
    if (ReadString(options[i], "name").empty()) faults.Required((at / "options")[i] / "name");
  }
}

void ValidateHostAliases(const Json& spec, const Path& path, Faults& faults) {
  const Json& aliases = Items(spec, "hostAliases");
  for (size_t i = 0; i < aliases.size(); ++i) {
    const Path at = (path / "hostAliases")[i];
    const std::string ip = ReadString(aliases[i], "ip");
    if (auto complaint = CheckAddress(ip)) faults.Invalid(at / "ip", ip, *complaint);
    const auto names = ReadStrings(aliases[i], "hostnames");
    for (size_t j = 0; j < names.size(); ++j) {
      if (auto complaint = CheckDnsSubdomain(names[j])) faults.Invalid((at / "hostnames")[j], names[j], *complaint);
    }
  }
}

/// core/validation, ValidatePodSpec: KEP-4762 for the override.
void ValidateHostname(const Json& spec, const Path& path, Faults& faults) {
  faults.Syntax(path / "hostname", ReadString(spec, "hostname"), CheckDnsLabel);
  faults.Syntax(path / "subdomain", ReadString(spec, "subdomain"), CheckDnsLabel);
  if (!spec.contains("hostnameOverride")) return;
  const Path at = path / "hostnameOverride";
  const std::string name = ReadString(spec, "hostnameOverride");
  if (auto complaint = CheckDnsSubdomain(name)) {
    faults.Invalid(at, name, *complaint);
  } else if (name.size() > kLongestHostname) {
    faults.Add(at, kTooLong, "may have no more than 64 characters");
  }
  if (ReadBool(spec, "setHostnameAsFQDN")) faults.Forbidden(at, "may not be set when setHostnameAsFQDN is true");
  if (ReadBool(spec, "hostNetwork")) faults.Forbidden(at, "may not be set when hostNetwork is true");
}

void ValidateSpread(const Json& spec, const Path& path, Faults& faults) {
  const Json& constraints = Items(spec, "topologySpreadConstraints");
  for (size_t i = 0; i < constraints.size(); ++i) {
    const Path at = (path / "topologySpreadConstraints")[i];
    if (constraints[i].contains("maxSkew") && ReadInt(constraints[i], "maxSkew") <= 0) {
      faults.Invalid(at / "maxSkew", ReadInt(constraints[i], "maxSkew"), "must be more than 0");
    }
    faults.OneOf(at / "whenUnsatisfiable", ReadString(constraints[i], "whenUnsatisfiable"),
                 schema::kUnsatisfiableActions);
  }
}

}  // namespace

void ValidateTolerations(const Json& holder, const Path& path, Faults& faults) {
  const Json& tolerations = Items(holder, "tolerations");
  if (tolerations.size() > kMostTolerations) {
    return faults.TooMany(path / "tolerations", tolerations.size(), kMostTolerations);
  }
  for (size_t i = 0; i < tolerations.size(); ++i) {
    const Path at = (path / "tolerations")[i];
    const std::string op = ReadString(tolerations[i], "operator");
    const std::string key = ReadString(tolerations[i], "key");
    faults.Syntax(at / "key", key, CheckQualifiedName);
    faults.OneOf(at / "operator", op, schema::kTolerationOperators);
    faults.OneOf(at / "effect", ReadString(tolerations[i], "effect"), schema::kTaintEffects);
    if (key.empty() && op != "Exists") faults.Invalid(at / "operator", op, "must be Exists when key is empty");
    if (op == "Exists" && !ReadString(tolerations[i], "value").empty()) {
      faults.Invalid(at / "operator", op, "value must be empty when operator is Exists");
    }
  }
}

void ValidatePodSpec(const Json& spec, const Path& path, const std::set<std::string>& claims, Faults& faults) {
  auto volumes = ValidateVolumes(spec, path / "volumes", faults);
  volumes.insert(claims.begin(), claims.end());
  ValidateContainers(spec, path, volumes, faults);
  ValidatePodResources(spec, path, faults);
  faults.OneOf(path / "restartPolicy", ReadString(spec, "restartPolicy"), schema::kPodRestartPolicies);
  ValidateDns(spec, path, faults);
  ValidateHostAliases(spec, path, faults);
  ValidateTolerations(spec, path, faults);
  ValidateSpread(spec, path, faults);
  ValidatePodSecurity(spec, path, faults);
  ValidateLabels(Member(spec, "nodeSelector"), path / "nodeSelector", faults);
  ValidateHostname(spec, path, faults);
  ValidateOverhead(Member(spec, "overhead"), path / "overhead", faults);
  for (const std::string_view member : {"serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName"}) {
    faults.Syntax(path / member, ReadString(spec, member), CheckDnsSubdomain);
  }
  if (spec.contains("activeDeadlineSeconds")) {
    faults.Range(path / "activeDeadlineSeconds", ReadInt(spec, "activeDeadlineSeconds"), 1,
                 std::numeric_limits<int32_t>::max());
  }
}

}  // namespace ordinal::api

#include "agent/api/kinds/pod/rules.h"

#include <limits>

#include "agent/api/kinds/pod/container_rules.h"
#include "agent/api/kinds/pod/volume_rules.h"
#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr size_t kMostNameservers = 3;
constexpr size_t kMostSearches = 32;

void ValidateDns(const Json& spec, const Path& path, Faults& faults) {
  const std::string policy = ReadString(spec, "dnsPolicy");
  faults.OneOf(path / "dnsPolicy", policy, {"ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"});
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

void ValidateTolerations(const Json& spec, const Path& path, Faults& faults) {
  const Json& tolerations = Items(spec, "tolerations");
  for (size_t i = 0; i < tolerations.size(); ++i) {
    const Path at = (path / "tolerations")[i];
    const std::string op = ReadString(tolerations[i], "operator");
    const std::string key = ReadString(tolerations[i], "key");
    faults.Syntax(at / "key", key, CheckQualifiedName);
    faults.OneOf(at / "operator", op, {"Equal", "Exists"});
    faults.OneOf(at / "effect", ReadString(tolerations[i], "effect"), {"NoExecute", "NoSchedule", "PreferNoSchedule"});
    if (key.empty() && op != "Exists") faults.Invalid(at / "operator", op, "must be Exists when key is empty");
    if (op == "Exists" && !ReadString(tolerations[i], "value").empty()) {
      faults.Invalid(at / "operator", op, "value must be empty when operator is Exists");
    }
  }
}

void ValidateSpread(const Json& spec, const Path& path, Faults& faults) {
  const Json& constraints = Items(spec, "topologySpreadConstraints");
  for (size_t i = 0; i < constraints.size(); ++i) {
    const Path at = (path / "topologySpreadConstraints")[i];
    if (constraints[i].contains("maxSkew") && ReadInt(constraints[i], "maxSkew") <= 0) {
      faults.Invalid(at / "maxSkew", ReadInt(constraints[i], "maxSkew"), "must be more than 0");
    }
    faults.OneOf(at / "whenUnsatisfiable", ReadString(constraints[i], "whenUnsatisfiable"),
                 {"DoNotSchedule", "ScheduleAnyway"});
  }
}

void ValidatePodSecurity(const Json& spec, const Path& path, Faults& faults) {
  const Json& context = Member(spec, "securityContext");
  const Path at = path / "securityContext";
  for (const std::string_view member : {"fsGroup", "runAsUser", "runAsGroup"}) {
    faults.Range(at / member, ReadInt(context, member), 0, kMostId);
  }
  faults.OneOf(at / "fsGroupChangePolicy", ReadString(context, "fsGroupChangePolicy"), {"Always", "OnRootMismatch"});
  faults.OneOf(at / "supplementalGroupsPolicy", ReadString(context, "supplementalGroupsPolicy"), {"Merge", "Strict"});
  for (const std::string_view member : {"seccompProfile", "appArmorProfile"}) {
    faults.OneOf(at / member / "type", ReadString(Member(context, member), "type"),
                 {"Localhost", "RuntimeDefault", "Unconfined"});
  }
  if (ReadBool(spec, "shareProcessNamespace") && ReadBool(spec, "hostPID")) {
    faults.Add(path / "shareProcessNamespace", kInvalid, "may not be true when hostPID is true");
  }
}

}  // namespace

void ValidatePodSpec(const Json& spec, const Path& path, const std::set<std::string>& claims, Faults& faults) {
  auto volumes = ValidateVolumes(spec, path / "volumes", faults);
  volumes.insert(claims.begin(), claims.end());
  ValidateContainers(spec, path, volumes, faults);
  faults.OneOf(path / "restartPolicy", ReadString(spec, "restartPolicy"), {"Always", "OnFailure", "Never"});
  ValidateDns(spec, path, faults);
  ValidateHostAliases(spec, path, faults);
  ValidateTolerations(spec, path, faults);
  ValidateSpread(spec, path, faults);
  ValidatePodSecurity(spec, path, faults);
  ValidateLabels(Member(spec, "nodeSelector"), path / "nodeSelector", faults);
  faults.Syntax(path / "hostname", ReadString(spec, "hostname"), CheckDnsLabel);
  faults.Syntax(path / "subdomain", ReadString(spec, "subdomain"), CheckDnsLabel);
  for (const std::string_view member : {"serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName"}) {
    faults.Syntax(path / member, ReadString(spec, member), CheckDnsSubdomain);
  }
  if (spec.contains("activeDeadlineSeconds")) {
    faults.Range(path / "activeDeadlineSeconds", ReadInt(spec, "activeDeadlineSeconds"), 1,
                 std::numeric_limits<int32_t>::max());
  }
}

}  // namespace ordinal::api

// Rules of security contexts (k8s.io/kubernetes pkg/apis/core/validation: ValidateSecurityContext,
// ValidatePodSecurityContext, validateHostUsers, validateSysctls).
#include <algorithm>
#include <set>

#include "agent/api/kinds/pod/container_rules.h"
#include "agent/api/kinds/pod/rules.h"
#include "agent/api/kinds/pod/values.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr size_t kLongestSysctl = 253;

/// A seccomp or AppArmor profile.
void ValidateProfile(const Json& profile, const Path& path, Faults& faults) {
  if (!profile.is_object()) return;
  const std::string type = ReadString(profile, "type"), local = ReadString(profile, "localhostProfile");
  faults.OneOf(path / "type", type, schema::kProfileTypes);
  if (type == "Localhost" && local.empty()) {
    faults.Required(path / "localhostProfile", "is required when type is Localhost");
  } else if (type != "Localhost" && profile.contains("localhostProfile")) {
    faults.Invalid(path / "localhostProfile", local, "may only be set when type is Localhost");
  }
}

void ValidateProfiles(const Json& context, const Path& path, Faults& faults) {
  ValidateProfile(Member(context, "appArmorProfile"), path / "appArmorProfile", faults);
  const Path seccomp = path / "seccompProfile";
  ValidateProfile(Member(context, "seccompProfile"), seccomp, faults);
  // A file below the directory of profiles; nothing outside of it.
  faults.Syntax(seccomp / "localhostProfile", ReadString(Member(context, "seccompProfile"), "localhostProfile"),
                CheckInnerPath);
}

/// Words of lower case letters, digits, '-' and '_' between dots or slashes, each with an alphanumeric at its ends.
Complaint CheckSysctl(std::string_view name) {
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  bool good = name.size() <= kLongestSysctl;
  char before = '.';
  for (const char c : std::string(name) + ".") {
    const bool separator = c == '.' || c == '/';
    const bool inside = c == '-' || c == '_';
    good =
        good && (alphanumeric(c) || (separator && alphanumeric(before)) || (inside && before != '.' && before != '/'));
    before = c;
  }
  if (good) return std::nullopt;
  return "must be the name of a kernel parameter, such as net.ipv4.tcp_syncookies, of at most 253 characters";
}

/// The member of the spec that makes a kernel parameter the host's own; empty: none does.
std::string_view SharedBy(std::string name) {
  const size_t separator = name.find_first_of("./");
  // With slashes as separators a dot is part of a word; of the prefixes here only the separators count.
  if (separator != std::string::npos && name[separator] == '/') std::replace(name.begin(), name.end(), '/', '.');
  if (name.starts_with("net.")) return "hostNetwork";
  const bool ipc = name == "kernel.sem" || name.starts_with("kernel.shm") || name.starts_with("kernel.msg") ||
                   name.starts_with("fs.mqueue.");
  return ipc ? "hostIPC" : "";
}

void ValidateSysctls(const Json& spec, const Path& path, Faults& faults) {
  std::set<std::string> names;
  const Json& sysctls = Items(Member(spec, "securityContext"), "sysctls");
  for (size_t i = 0; i < sysctls.size(); ++i) {
    const std::string name = ReadString(sysctls[i], "name");
    const Path at = path[i] / "name";
    faults.Syntax(at, name, CheckSysctl);
    if (!name.empty() && !names.insert(name).second) faults.Duplicate(at, name);
    const std::string_view shared = SharedBy(name);
    if (shared.empty() || !ReadBool(spec, shared)) continue;
    faults.Invalid(at, name, "may not be specified when '" + std::string(shared) + "' is true");
  }
}

/// A user namespace of the pod's own owns none of the host's other namespaces.
void ValidateHostUsers(const Json& spec, const Path& path, Faults& faults) {
  if (ReadBool(spec, "hostUsers", true)) return;
  for (const std::string_view member : {"hostNetwork", "hostPID", "hostIPC"}) {
    if (ReadBool(spec, member)) faults.Forbidden(path / member, "may not be true when hostUsers is false");
  }
}

/// Of every container of the pod.
template <class Look>
void EachContext(const Json& spec, const Path& path, const Look& look) {
  for (const std::string_view list : {"containers", "initContainers", "ephemeralContainers"}) {
    const Json& containers = Items(spec, list);
    for (size_t i = 0; i < containers.size(); ++i) {
      look(Member(containers[i], "securityContext"), (path / list)[i] / "securityContext");
    }
  }
}

/// Without masks a container sees what /proc has of the host, and only a user namespace keeps it from writing there.
void ValidateProcMounts(const Json& spec, const Path& path, Faults& faults) {
  if (!ReadBool(spec, "hostUsers", true)) return;
  EachContext(spec, path, [&faults](const Json& context, const Path& at) {
    const std::string mount = ReadString(context, "procMount");
    if (mount == "Unmasked") faults.Invalid(at / "procMount", mount, "hostUsers must be false to use Unmasked");
  });
}

/// Who says that the containers are Linux's may not say how Windows is to run them.
void ValidateOs(const Json& spec, const Path& path, Faults& faults) {
  const std::string os = ReadString(Member(spec, "os"), "name");
  faults.OneOf(path / "os" / "name", os, schema::kOperatingSystems);
  if (os != "linux") return;
  const auto look = [&faults](const Json& context, const Path& at) {
    if (Member(context, "windowsOptions").is_null()) return;
    faults.Forbidden(at / "windowsOptions", "may not be set where os.name is linux");
  };
  look(Member(spec, "securityContext"), path / "securityContext");
  EachContext(spec, path, look);
}

}  // namespace

void ValidateContainerSecurity(const Json& context, const Path& path, Faults& faults) {
  for (const std::string_view member : {"runAsUser", "runAsGroup"}) {
    faults.Range(path / member, ReadInt(context, member), 0, kMostId);
  }
  faults.OneOf(path / "procMount", ReadString(context, "procMount"), schema::kProcMounts);
  ValidateProfiles(context, path, faults);
  if (ReadBool(context, "allowPrivilegeEscalation", true)) return;
  if (ReadBool(context, "privileged")) {
    faults.Add(path, kInvalid, "allowPrivilegeEscalation may not be false when privileged is true");
  }
  const auto added = ReadStrings(Member(context, "capabilities"), "add");
  if (std::find(added.begin(), added.end(), "CAP_SYS_ADMIN") != added.end()) {
    faults.Add(path, kInvalid, "allowPrivilegeEscalation may not be false when capabilities.add has CAP_SYS_ADMIN");
  }
}

void ValidatePodSecurity(const Json& spec, const Path& path, Faults& faults) {
  const Json& context = Member(spec, "securityContext");
  const Path at = path / "securityContext";
  for (const std::string_view member : {"fsGroup", "runAsUser", "runAsGroup"}) {
    faults.Range(at / member, ReadInt(context, member), 0, kMostId);
  }
  const Json& groups = Items(context, "supplementalGroups");
  for (size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].is_number_integer()) {
      faults.Range((at / "supplementalGroups")[i], groups[i].get<int64_t>(), 0, kMostId);
    }
  }
  faults.OneOf(at / "fsGroupChangePolicy", ReadString(context, "fsGroupChangePolicy"), schema::kFsGroupChangePolicies);
  faults.OneOf(at / "supplementalGroupsPolicy", ReadString(context, "supplementalGroupsPolicy"),
               schema::kSupplementalGroupsPolicies);
  faults.OneOf(at / "seLinuxChangePolicy", ReadString(context, "seLinuxChangePolicy"), {"MountOption", "Recursive"});
  ValidateProfiles(context, at, faults);
  ValidateSysctls(spec, at / "sysctls", faults);
  if (ReadBool(spec, "shareProcessNamespace") && ReadBool(spec, "hostPID")) {
    faults.Add(path / "shareProcessNamespace", kInvalid, "may not be true when hostPID is true");
  }
  ValidateHostUsers(spec, path, faults);
  ValidateProcMounts(spec, path, faults);
  ValidateOs(spec, path, faults);
}

}  // namespace ordinal::api

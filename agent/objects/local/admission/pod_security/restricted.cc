// The checks of level restricted.
#include <algorithm>

#include "agent/objects/local/admission/pod_security/seccomp.h"
#include "agent/objects/local/admission/pod_security/words.h"

namespace ordinal::objects::pod_security {
namespace {

using api::Json;

Checked PrivilegeEscalation(const PodRead& pod) {
  Words containers;
  ForEachContainer(pod.spec, [&](const Json& container) {
    if (api::ReadBool(SecurityOf(container), "allowPrivilegeEscalation", true)) containers.push_back(NameOf(container));
  });
  if (containers.empty()) return std::nullopt;
  return Violation{"allowPrivilegeEscalation != false",
                   Some("container", containers) + " must set securityContext.allowPrivilegeEscalation=false"};
}

Checked CapabilitiesDropped(const PodRead& pod) {
  Words keeping, adding;
  std::set<std::string> added;
  ForEachContainer(pod.spec, [&](const Json& container) {
    const Json& capabilities = api::Member(SecurityOf(container), "capabilities");
    const Words dropped = api::ReadStrings(capabilities, "drop");
    if (std::find(dropped.begin(), dropped.end(), "ALL") == dropped.end()) keeping.push_back(NameOf(container));
    bool bad = false;
    for (std::string& each : api::ReadStrings(capabilities, "add")) {
      if (each == "NET_BIND_SERVICE") continue;
      bad = true;
      added.insert(std::move(each));
    }
    if (bad) adding.push_back(NameOf(container));
  });
  Words details;
  if (!keeping.empty()) {
    details.push_back(Some("container", keeping) + R"( must set securityContext.capabilities.drop=["ALL"])");
  }
  if (!adding.empty()) {
    details.push_back(fmt::format("{} must not include {} in securityContext.capabilities.add",
                                  Some("container", adding), Quoted(added)));
  }
  if (details.empty()) return std::nullopt;
  return Violation{"unrestricted capabilities", fmt::format("{}", fmt::join(details, "; "))};
}

Checked RestrictedVolumes(const PodRead& pod) {
  static const std::set<std::string> kAllowed = {"configMap", "csi",   "downwardAPI", "emptyDir",
                                                 "ephemeral", "image", "projected",   "persistentVolumeClaim",
                                                 "secret"};
  Words volumes;
  std::set<std::string> types;
  for (const Json& volume : api::Items(pod.spec, "volumes")) {
    std::string type = "unknown";
    for (const auto& [member, source] : volume.items()) {
      if (source.is_object()) type = member;
    }
    if (kAllowed.contains(type)) continue;
    volumes.push_back(NameOf(volume));
    types.insert(std::move(type));
  }
  if (volumes.empty()) return std::nullopt;
  return Violation{
      "restricted volume types",
      fmt::format("{} {} {} {}", Some("volume", volumes), volumes.size() == 1 ? "uses" : "use",
                  types.size() == 1 ? "restricted volume type" : "restricted volume types", Quoted(types))};
}

Checked NonRoot(const PodRead& pod) {
  Doers doers;
  Words silent;
  const auto said = [](const Json& of) { return api::ReadOptional<bool>(SecurityOf(of), "runAsNonRoot"); };
  const auto whole = said(pod.spec);
  doers.pod = whole == false;
  ForEachContainer(pod.spec, [&](const Json& container) {
    const auto own = said(container);
    if (own == false) doers.containers.push_back(NameOf(container));
    if (!own && whole != true) silent.push_back(NameOf(container));
  });
  if (doers.any()) {
    return Violation{"runAsNonRoot != true", doers.Text() + " must not set securityContext.runAsNonRoot=false"};
  }
  if (silent.empty()) return std::nullopt;
  return Violation{"runAsNonRoot != true",
                   fmt::format("pod or {} must set securityContext.runAsNonRoot=true", Some("container", silent))};
}

Checked UserNotRoot(const PodRead& pod) {
  Doers doers;
  const auto root = [](const Json& of) { return api::ReadInt(SecurityOf(of), "runAsUser", -1) == 0; };
  doers.pod = root(pod.spec);
  ForEachContainer(pod.spec, [&](const Json& container) {
    if (root(container)) doers.containers.push_back(NameOf(container));
  });
  if (!doers.any()) return std::nullopt;
  return Violation{"runAsUser=0", doers.Text() + " must not set runAsUser=0"};
}

/// Since 1.25 what Windows knows nothing of is not asked of its pods.
template <Checked (*kCheck)(const PodRead&)>
Checked OnLinux(const PodRead& pod) {
  return IsWindows(pod) ? std::nullopt : kCheck(pod);
}
/// Since 1.35 root of a user namespace is nobody's.
template <Checked (*kCheck)(const PodRead&)>
Checked WithHostUsers(const PodRead& pod) {
  return HasOwnUsers(pod) ? std::nullopt : kCheck(pod);
}

constexpr VersionedCheck kEscalation[] = {{8, PrivilegeEscalation}, {25, OnLinux<PrivilegeEscalation>}};
constexpr VersionedCheck kDropped[] = {{22, CapabilitiesDropped}, {25, OnLinux<CapabilitiesDropped>}};
constexpr VersionedCheck kMasks[] = {{35, ProcMount}};
constexpr VersionedCheck kVolumes[] = {{0, RestrictedVolumes}};
constexpr VersionedCheck kNonRoot[] = {{0, NonRoot}, {35, WithHostUsers<NonRoot>}};
constexpr VersionedCheck kUser[] = {{23, UserNotRoot}, {35, WithHostUsers<UserNotRoot>}};
constexpr VersionedCheck kNamedSeccomp[] = {{19, SeccompRestricted}, {25, OnLinux<SeccompRestricted>}};

constexpr Check kRestricted[] = {
    {"allowPrivilegeEscalation", kEscalation},
    {"capabilities_restricted", kDropped, "capabilities_baseline"},
    {"procMount_restricted", kMasks, "procMount"},
    {"restrictedVolumes", kVolumes, "hostPathVolumes"},
    {"runAsNonRoot", kNonRoot},
    {"runAsUser", kUser},
    {"seccompProfile_restricted", kNamedSeccomp, "seccompProfile_baseline"},
};

}  // namespace

std::span<const Check> RestrictedChecks() { return kRestricted; }

}  // namespace ordinal::objects::pod_security

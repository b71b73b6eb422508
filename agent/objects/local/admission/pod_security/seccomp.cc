#include "agent/objects/local/admission/pod_security/seccomp.h"

#include "agent/objects/local/admission/pod_security/words.h"

namespace ordinal::objects::pod_security {
namespace {

using api::Json;

constexpr char kPodAnnotation[] = "seccomp.security.alpha.kubernetes.io/pod";
constexpr char kContainerAnnotation[] = "container.seccomp.security.alpha.kubernetes.io/";

struct Profiles {
  Doers doers;                  ///< who names a bad one
  std::set<std::string> types;  ///< the bad ones
  Words silent;                 ///< containers that have none, of the pod neither
};

enum class Named { kNone, kGood, kBad };

Named SeccompOf(const Json& of, std::set<std::string>& bad) {
  const Json& profile = api::Member(SecurityOf(of), "seccompProfile");
  if (!profile.is_object()) return Named::kNone;
  const std::string type = api::ReadString(profile, "type");
  if (type == "RuntimeDefault" || type == "Localhost") return Named::kGood;
  bad.insert(type);
  return Named::kBad;
}

Profiles ProfilesOf(const PodRead& pod) {
  Profiles profiles;
  const Named whole = SeccompOf(pod.spec, profiles.types);
  profiles.doers.pod = whole == Named::kBad;
  ForEachContainer(pod.spec, [&](const Json& container) {
    const Named own = SeccompOf(container, profiles.types);
    if (own == Named::kBad) profiles.doers.containers.push_back(NameOf(container));
    if (own == Named::kNone && whole != Named::kGood) profiles.silent.push_back(NameOf(container));
  });
  return profiles;
}

Checked BadProfiles(const Profiles& profiles) {
  if (!profiles.doers.any()) return std::nullopt;
  return Violation{"seccompProfile", fmt::format("{} must not set securityContext.seccompProfile.type to {}",
                                                 profiles.doers.Text(), Quoted(profiles.types))};
}

}  // namespace

Checked SeccompAnnotations(const PodRead& pod) {
  const api::StringMap annotations = api::ReadStringMap(pod.metadata, "annotations");
  std::set<std::string> forbidden;
  const auto look = [&](const std::string& key) {
    const auto found = annotations.find(key);
    if (found == annotations.end()) return;
    const std::string& value = found->second;
    if (value == "runtime/default" || value == "docker/default" || value.starts_with("localhost/")) return;
    forbidden.insert(fmt::format("{}=\"{}\"", key, value));
  };
  look(kPodAnnotation);
  ForEachContainer(pod.spec, [&](const Json& container) { look(kContainerAnnotation + NameOf(container)); });
  if (forbidden.empty()) return std::nullopt;
  return Violation{"seccompProfile", fmt::format("forbidden annotation{} {}", forbidden.size() == 1 ? "" : "s",
                                                 fmt::join(forbidden, ", "))};
}

Checked SeccompBaseline(const PodRead& pod) { return BadProfiles(ProfilesOf(pod)); }

Checked SeccompRestricted(const PodRead& pod) {
  const Profiles profiles = ProfilesOf(pod);
  if (auto bad = BadProfiles(profiles)) return bad;
  if (profiles.silent.empty()) return std::nullopt;
  return Violation{
      "seccompProfile",
      fmt::format(R"(pod or {} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")",
                  Some("container", profiles.silent))};
}

}  // namespace ordinal::objects::pod_security

// Ephemeral containers: what they may have, and how their list may change (k8s.io/kubernetes,
// validateEphemeralContainers and ValidatePodEphemeralContainersUpdate).
#include <algorithm>

#include "agent/api/kinds/pod/container_rules.h"
#include "agent/api/kinds/pod/rules.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr std::string_view kNotForThem[] = {"ports",     "livenessProbe", "readinessProbe", "startupProbe",
                                            "lifecycle", "resizePolicy",  "restartPolicy",  "restartPolicyRules"};
constexpr char kOfOthers[] = "may not be set for an ephemeral container";

const Json* Named(const Json& containers, const std::string& name) {
  const auto found = std::find_if(containers.begin(), containers.end(),
                                  [&](const Json& each) { return ReadString(each, "name") == name; });
  return found == containers.end() ? nullptr : &*found;
}

}  // namespace

void ValidateEphemeral(const Json& container, const Path& path, const std::set<std::string>& targets, Faults& faults) {
  for (const std::string_view member : kNotForThem) {
    const Json& value = Member(container, member);
    const bool empty_list = value.is_array() && value.empty();
    if (container.contains(member) && !empty_list) faults.Forbidden(path / member, kOfOthers);
  }
  if (!Member(container, "resources").empty()) faults.Forbidden(path / "resources", kOfOthers);
  const Json& mounts = Items(container, "volumeMounts");
  for (size_t i = 0; i < mounts.size(); ++i) {
    for (const std::string_view member : {"subPath", "subPathExpr"}) {
      if (ReadString(mounts[i], member).empty()) continue;
      faults.Forbidden((path / "volumeMounts")[i] / member, kOfOthers);
    }
  }
  const std::string target = ReadString(container, "targetContainerName");
  if (!target.empty() && !targets.contains(target)) {
    faults.NotFound(path / "targetContainerName", target, "the pod's containers and init containers");
  }
}

void ValidateEphemeralUpdate(const Json& spec, const Json& old_spec, Faults& faults) {
  const Json& now = Items(spec, "ephemeralContainers");
  for (const Json& before : Items(old_spec, "ephemeralContainers")) {
    const std::string name = ReadString(before, "name");
    const Json* same = Named(now, name);
    const Path path("spec.ephemeralContainers");
    if (same == nullptr) {
      faults.Forbidden(path, "existing ephemeral containers \"" + name + "\" may not be removed");
    } else if (*same != before) {
      faults.Forbidden(path, "existing ephemeral containers \"" + name + "\" may not be changed");
    }
  }
}

}  // namespace ordinal::api

// What may change in the spec of a pod that exists (k8s.io/kubernetes ValidatePodUpdate).
#include "agent/api/kinds/pod/rules.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

/// Gives `spec` the old value of a member, whether it was there or not.
void Restore(Json& spec, const Json& old_spec, const std::string& member) {
  if (old_spec.contains(member)) {
    spec[member] = old_spec[member];
  } else {
    spec.erase(member);
  }
}

void ValidateImages(const Json& spec, const Json& old_spec, std::string_view list, Json& munged, Faults& faults) {
  const Json& containers = Items(spec, list);
  const Json& old_containers = Items(old_spec, list);
  const Path path = Path("spec") / list;
  if (containers.size() != old_containers.size()) {
    faults.Forbidden(path, "pod updates may not add or remove containers");
    return;
  }
  for (size_t i = 0; i < containers.size(); ++i) {
    if (ReadString(containers[i], "image").empty()) faults.Required(path[i] / "image");
    munged[std::string(list)][i]["image"] = Member(old_containers[i], "image");
  }
}

void ValidateDeadline(const Json& spec, const Json& old_spec, Faults& faults) {
  const auto now = ReadOptional<int64_t>(spec, "activeDeadlineSeconds");
  const auto before = ReadOptional<int64_t>(old_spec, "activeDeadlineSeconds");
  const Path path("spec.activeDeadlineSeconds");
  if (!before || now == before) return;
  if (!now) {
    faults.Add(path, kInvalid, "may not be taken away once it is set");
  } else if (*now > *before) {
    faults.Invalid(path, *now, "must be no more than the previous value, " + std::to_string(*before));
  }
}

void ValidateTolerations(const Json& spec, const Json& old_spec, Faults& faults) {
  const Json& now = Items(spec, "tolerations");
  for (const auto& toleration : Items(old_spec, "tolerations")) {
    if (std::find(now.begin(), now.end(), toleration) == now.end()) {
      faults.Forbidden(Path("spec.tolerations"), "existing tolerations may not be changed, only added to");
      return;
    }
  }
}

}  // namespace

void ValidatePodSpecUpdate(const Json& spec, const Json& old_spec, Faults& faults) {
  if (!spec.is_object() || !old_spec.is_object() || spec == old_spec) return;
  Json munged = spec;
  ValidateImages(spec, old_spec, "containers", munged, faults);
  ValidateImages(spec, old_spec, "initContainers", munged, faults);
  ValidateDeadline(spec, old_spec, faults);
  Restore(munged, old_spec, "activeDeadlineSeconds");
  ValidateTolerations(spec, old_spec, faults);
  Restore(munged, old_spec, "tolerations");
  Restore(munged, old_spec, "ephemeralContainers");  // admission/pods.cc
  if (ReadInt(old_spec, "terminationGracePeriodSeconds") < 0 && ReadInt(spec, "terminationGracePeriodSeconds") == 1) {
    Restore(munged, old_spec, "terminationGracePeriodSeconds");
  }
  // Placing a pod is a sub-resource of its own in the reference, and lifting gates comes before it.
  if (ReadString(old_spec, "nodeName").empty()) {
    Restore(munged, old_spec, "nodeName");
    if (Items(spec, "schedulingGates").size() <= Items(old_spec, "schedulingGates").size()) {
      Restore(munged, old_spec, "schedulingGates");
    }
  }
  if (munged == old_spec) return;
  std::string changed;
  for (const auto& [member, value] : munged.items()) {
    if (Member(old_spec, member) != value) changed += (changed.empty() ? "" : ", ") + member;
  }
  for (const auto& [member, value] : old_spec.items()) {
    if (!munged.contains(member)) changed += (changed.empty() ? "" : ", ") + member;
  }
  faults.Forbidden(Path("spec"),
                   "pod updates may change only container images, activeDeadlineSeconds, additional tolerations and a "
                   "negative terminationGracePeriodSeconds to 1; this one changes " +
                       changed);
}

}  // namespace ordinal::api

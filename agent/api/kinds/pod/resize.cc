#include "agent/api/kinds/pod/resize.h"

#include <set>

#include "agent/api/kinds/pod/view.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr const char* kResizedLists[] = {"containers", "initContainers"};
constexpr const char* kResizedAmounts[] = {"requests", "limits"};
constexpr const char* kConfigMirror = "kubernetes.io/config.mirror";

bool SameNames(const Json& these, const Json& those) {
  return std::equal(these.begin(), these.end(), those.begin(), those.end(),
                    [](const Json& a, const Json& b) { return ReadString(a, "name") == ReadString(b, "name"); });
}

bool SameContainers(const Json& spec, const Json& old_spec) {
  return SameNames(Items(spec, "containers"), Items(old_spec, "containers")) &&
         SameNames(Items(spec, "initContainers"), Items(old_spec, "initContainers"));
}

/// `member` of `from`, or nothing where it has none.
void TakeMember(const Json& from, const char* member, Json& to) {
  to.erase(member);
  if (const Json& value = Member(from, member); !value.is_null()) to[member] = value;
}

bool IsResizable(const std::string& resource) { return resource == "cpu" || resource == "memory"; }

/// The amounts of everything but cpu and memory.
Json OtherAmounts(const Json& amounts) {
  Json out = Json::object();
  if (!amounts.is_object()) return out;
  for (const auto& [resource, amount] : amounts.items()) {
    if (!IsResizable(resource)) out[resource] = amount;
  }
  return out;
}

void ValidateRemoved(const Json& now, const Json& before, const Path& path, Faults& faults) {
  for (const char* amounts : kResizedAmounts) {
    const Json& had = Member(before, amounts);
    if (!had.is_object()) continue;
    const Json& has = Member(now, amounts);
    for (const auto& item : had.items()) {
      if (has.is_object() && has.contains(item.key())) continue;
      faults.Forbidden(path / amounts, "resource " + std::string(amounts) + " cannot be removed (" + item.key() + ")");
      break;
    }
  }
}

void ValidateOthers(const Json& now, const Json& before, const Path& path, Faults& faults) {
  for (const char* amounts : kResizedAmounts) {
    if (OtherAmounts(Member(now, amounts)) == OtherAmounts(Member(before, amounts))) continue;
    faults.Forbidden(path / amounts, "only cpu and memory resources are mutable");
  }
}

/// Of a container or of the pod as a whole.
void ValidateAmounts(const Json& now, const Json& before, const Path& path, Faults& faults) {
  ValidateRemoved(now, before, path, faults);
  ValidateOthers(now, before, path, faults);
}

void ValidateResized(const Json& now, const Json& before, const Path& path, bool one_time, Faults& faults) {
  const Json& resources = Member(now, "resources");
  const Json& old_resources = Member(before, "resources");
  if (one_time) {
    if (resources != old_resources) {
      faults.Forbidden(path / "resources", "resources for non-sidecar init containers are immutable");
    }
    return;
  }
  ValidateAmounts(resources, old_resources, path / "resources", faults);
  if (Member(now, "resizePolicy") != Member(before, "resizePolicy")) {
    faults.Forbidden(path / "resizePolicy", "only cpu and memory resources are mutable");
  }
}

}  // namespace

Json ResizedPod(const Json& old_body, const Json& body) {
  const Json& spec = Member(body, "spec");
  if (!SameContainers(spec, Member(old_body, "spec"))) return body;
  Json next = old_body;
  for (const char* list : kResizedLists) {
    const Json& containers = Items(spec, list);
    for (size_t i = 0; i < containers.size(); ++i) {
      Json& container = next["spec"][list][i];
      TakeMember(containers[i], "resources", container);
      TakeMember(containers[i], "resizePolicy", container);
    }
  }
  TakeMember(spec, "resources", next["spec"]);
  TakeMember(Member(body, "metadata"), "managedFields", next["metadata"]);
  return next;
}

void ValidatePodResize(const Json& body, const Json& old_body, Faults& faults) {
  const Json& spec = Member(body, "spec");
  const Json& old_spec = Member(old_body, "spec");
  const Path path("spec");
  if (Member(Member(old_body, "metadata"), "annotations").contains(kConfigMirror)) {
    return faults.Forbidden(Path("metadata.annotations")[std::string_view(kConfigMirror)],
                            "static pods cannot be resized");
  }
  if (!SameContainers(spec, old_spec)) {
    return faults.Forbidden(path / "containers",
                            "containers may not be added, removed, renamed or reordered on resize");
  }
  ValidateAmounts(Member(spec, "resources"), Member(old_spec, "resources"), path / "resources", faults);
  const std::string qos = QosClass(ReadPodSpec(spec));
  if (qos != QosClass(ReadPodSpec(old_spec))) {
    faults.Invalid(path, qos, "Pod QOS Class may not change as a result of resizing");
  }
  for (const char* list : kResizedLists) {
    const Json& containers = Items(spec, list);
    for (size_t i = 0; i < containers.size(); ++i) {
      const bool one_time = list == kResizedLists[1] && ReadString(containers[i], "restartPolicy") != "Always";
      ValidateResized(containers[i], Items(old_spec, list)[i], (path / list)[i], one_time, faults);
    }
  }
}

void ValidateResizePolicy(const Json& container, const Path& path, const std::string& restart_policy, bool one_time,
                          Faults& faults) {
  const Json& policies = Items(container, "resizePolicy");
  if (policies.empty()) return;
  if (one_time) {
    return faults.Forbidden(path / "resizePolicy", "may not be set for init containers without restartPolicy: Always");
  }
  std::set<std::string> seen;
  for (size_t i = 0; i < policies.size(); ++i) {
    const Path at = (path / "resizePolicy")[i];
    const std::string resource = ReadString(policies[i], "resourceName");
    const std::string policy = ReadString(policies[i], "restartPolicy");
    faults.OneOf(at / "resourceName", resource, {"cpu", "memory"});
    faults.OneOf(at / "restartPolicy", policy, {"NotRequired", "RestartContainer"});
    if (!seen.insert(resource).second) faults.Duplicate(at, resource);
    if (restart_policy == "Never" && policy == "RestartContainer") {
      faults.Invalid(at / "restartPolicy", policy, "must be NotRequired when the pod's restartPolicy is Never");
    }
  }
}

}  // namespace ordinal::api

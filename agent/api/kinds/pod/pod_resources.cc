#include "agent/api/kinds/pod/pod_resources.h"

#include <set>

#include "agent/api/kinds/pod/container_rules.h"
#include "agent/api/kinds/pod/resources.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

bool IsHugepages(std::string_view resource) { return resource.starts_with("hugepages-"); }

bool IsOfWholePods(std::string_view resource) {
  return resource == "cpu" || resource == "memory" || IsHugepages(resource);
}

bool AnyAmount(const Json& resources, const char* which) {
  const Json& amounts = Member(resources, which);
  return amounts.is_object() && !amounts.empty();
}

/// The pod as its containers alone make it.
PodSpec ContainersOf(const Json& spec) {
  PodSpec parts = ReadPodSpec(spec);
  parts.requests.clear();
  parts.limits.clear();
  return parts;
}

void Fill(Json& resources, const char* which, const std::string& resource, const Quantity& amount) {
  Json& amounts = resources[which];
  if (!amounts.contains(resource)) amounts[resource] = AmountText(resource, amount);
}

void ValidateNames(const Json& resources, const Path& path, Faults& faults) {
  for (const char* which : {"limits", "requests"}) {
    const Json& amounts = Member(resources, which);
    if (!amounts.is_object()) continue;
    for (const auto& item : amounts.items()) {
      if (IsOfWholePods(item.key())) continue;
      faults.Add(
          (path / which)[item.key()], kNotSupported,
          Faults::Quote(item.key()) + " is not supported for a whole pod; write cpu, memory or hugepages-<size>");
    }
  }
}

void AddPageSizes(const Json& of, std::set<std::string>& sizes) {
  const Json& limits = Member(Member(of, "resources"), "limits");
  if (!limits.is_object()) return;
  for (const auto& item : limits.items()) {
    if (IsHugepages(item.key())) sizes.insert(item.key().substr(item.key().find('-') + 1));
  }
}

/// The sizes of huge pages that the pod or its containers ask for: "2Mi".
std::set<std::string> PageSizes(const Json& spec) {
  std::set<std::string> sizes;
  AddPageSizes(spec, sizes);
  for (const char* list : {"containers", "initContainers"}) {
    for (const Json& container : Items(spec, list)) AddPageSizes(container, sizes);
  }
  return sizes;
}

/// An emptyDir of huge pages is made of pages that the pod may have (pkg/volume/emptydir, getPageSizeMountOption).
void ValidateMedia(const Json& spec, const Path& path, Faults& faults) {
  const Json& volumes = Items(spec, "volumes");
  for (size_t i = 0; i < volumes.size(); ++i) {
    const std::string medium = ReadString(Member(volumes[i], "emptyDir"), "medium");
    const Path at = (path / "volumes")[i] / "emptyDir" / "medium";
    if (medium.empty() || medium == "Memory") continue;
    const std::set<std::string> sizes = PageSizes(spec);
    if (medium == "HugePages") {
      if (sizes.size() != 1) faults.Invalid(at, medium, "the pod must ask for huge pages of one size");
    } else if (!medium.starts_with("HugePages-")) {
      faults.OneOf(at, medium, {"Memory", "HugePages", "HugePages-<size>"});
    } else if (!sizes.contains(medium.substr(medium.find('-') + 1))) {
      faults.Invalid(at, medium, "the pod does not ask for huge pages of this size");
    }
  }
}

/// Of no container more than of the whole.
void ValidateParts(const Json& spec, const Path& path, Faults& faults) {
  const Json& limits = Member(Member(spec, "resources"), "limits");
  for (const char* list : {"containers", "initContainers"}) {
    const Json& containers = Items(spec, list);
    for (size_t i = 0; i < containers.size(); ++i) {
      const Json& own = Member(Member(containers[i], "resources"), "limits");
      if (!own.is_object() || !limits.is_object()) continue;
      for (const auto& item : own.items()) {
        if (!limits.contains(item.key()) || ReadQuantity(own, item.key()) <= ReadQuantity(limits, item.key())) continue;
        faults.Invalid(((path / list)[i] / "resources" / "limits")[item.key()], item.value().get<std::string>(),
                       "must be no more than the pod's " + item.key() + " limit");
      }
    }
  }
}

}  // namespace

std::string AmountText(const std::string& resource, const Quantity& amount) {
  constexpr int64_t kMi = 1 << 20;
  std::string text = std::to_string(resource == "cpu" ? amount.MilliValue() : amount.Value());
  if (resource == "cpu") text += "m";
  if (resource != "cpu" && amount.Value() % kMi == 0) text = std::to_string(amount.Value() / kMi) + "Mi";
  const auto canonical = Quantity::Canonical(text);
  return canonical.ok() ? *canonical : text;
}

void DefaultPodResources(Json& spec) {
  if (!Member(spec, "resources").is_object()) return;
  Json& resources = spec["resources"];
  const bool limited = AnyAmount(resources, "limits"), requested = AnyAmount(resources, "requests");
  if (!limited && !requested) return;
  const PodSpec parts = ContainersOf(spec);
  const ResourceList requests = RequestsOf(parts), limits = LimitsOf(parts);
  for (const auto& [resource, amount] : limits) {
    const bool asked = Member(resources, "requests").contains(resource);
    if (IsHugepages(resource) && !asked) Fill(resources, "limits", resource, amount);
  }
  if (AnyAmount(resources, "limits")) {
    for (const auto& [resource, amount] : requests) {
      if (resource == "cpu" || resource == "memory") Fill(resources, "requests", resource, amount);
    }
    const Json all = resources["limits"];
    for (const auto& [resource, amount] : all.items()) {
      if (!Member(resources, "requests").contains(resource)) resources["requests"][resource] = amount;
    }
  }
}

void ValidatePodResources(const Json& spec, const Path& path, Faults& faults) {
  ValidateMedia(spec, path, faults);
  const Json& resources = Member(spec, "resources");
  if (!resources.is_object()) return;
  const Path at = path / "resources";
  ValidateResources(resources, at, faults);
  ValidateNames(resources, at, faults);
  const Json& requests = Member(resources, "requests");
  if (requests.is_object()) {
    const ResourceList together = RequestsOf(ContainersOf(spec));
    for (const auto& item : requests.items()) {
      const auto parts = together.find(item.key());
      if (parts == together.end() || ReadQuantity(requests, item.key()) >= parts->second) continue;
      faults.Invalid(
          (at / "requests")[item.key()], item.value().get<std::string>(),
          "must be no less than what the containers request together, " + AmountText(item.key(), parts->second));
    }
  }
  ValidateParts(spec, path, faults);
}

}  // namespace ordinal::api

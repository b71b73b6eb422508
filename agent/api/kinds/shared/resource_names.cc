#include "agent/api/kinds/shared/resource_names.h"

#include <algorithm>

namespace ordinal::api {
namespace {

constexpr std::string_view kContainerResources[] = {"cpu", "ephemeral-storage", "memory"};
constexpr std::string_view kOtherResources[] = {"pods", "storage"};
constexpr std::string_view kHugePagesPrefix = "hugepages-", kRequestsPrefix = "requests.";

template <class Names>
bool NamesOne(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}  // namespace

bool IsHugePages(std::string_view resource) {
  if (resource.starts_with(kRequestsPrefix)) resource.remove_prefix(kRequestsPrefix.size());
  return resource.starts_with(kHugePagesPrefix);
}

bool MayBeOvercommitted(std::string_view resource) {
  const bool native = resource.find('/') == std::string_view::npos || resource.starts_with("kubernetes.io/");
  return native && !IsHugePages(resource);
}

void ValidateLimitedResource(const std::string& resource, const Path& path, bool of_containers, Faults& faults) {
  if (auto complaint = CheckQualifiedName(resource)) return faults.Invalid(path, resource, *complaint);
  if (resource.find('/') != std::string::npos || NamesOne(kContainerResources, resource)) return;
  if (resource.starts_with(kHugePagesPrefix) || (!of_containers && NamesOne(kOtherResources, resource))) return;
  faults.Invalid(path, resource,
                 of_containers ? "must be a standard resource for containers" : "must be a standard resource type");
}

}  // namespace ordinal::api

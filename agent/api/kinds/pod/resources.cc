#include "agent/api/kinds/pod/resources.h"

#include <algorithm>

namespace ordinal::api {
namespace {

using AmountsOf = ResourceList Container::*;

void AddAmounts(ResourceList& total, const ResourceList& more) {
  for (const auto& [name, quantity] : more) total[name] = total[name] + quantity;
}

void RaiseAmounts(ResourceList& total, const ResourceList& least) {
  for (const auto& [name, quantity] : least) total[name] = std::max(total[name], quantity);
}

ResourceList TogetherOf(const PodSpec& spec, AmountsOf amounts) {
  ResourceList sidecars, peak;
  for (const Container& container : spec.init_containers) {
    ResourceList now = sidecars;
    AddAmounts(now, container.*amounts);
    if (container.restart_policy == "Always") sidecars = now;
    RaiseAmounts(peak, now);
  }
  ResourceList running = sidecars;
  for (const Container& container : spec.containers) AddAmounts(running, container.*amounts);
  RaiseAmounts(running, peak);
  return running;
}

bool HasLimit(const ResourceList& limits, const std::string& resource) {
  const auto limit = limits.find(resource);
  return limit != limits.end() && !limit->second.IsZero();
}

}  // namespace

ResourceList RequestsOf(const PodSpec& spec) {
  ResourceList requests = TogetherOf(spec, &Container::requests);
  for (const auto& [name, quantity] : spec.requests) requests[name] = quantity;
  AddAmounts(requests, spec.overhead);
  return requests;
}

ResourceList LimitsOf(const PodSpec& spec) {
  ResourceList limits = TogetherOf(spec, &Container::limits);
  for (const auto& [name, quantity] : spec.limits) limits[name] = quantity;
  return limits;
}

bool LimitedEverywhere(const PodSpec& spec, const std::string& resource) {
  if (HasLimit(spec.limits, resource)) return true;
  const auto limited = [&resource](const Container& container) { return HasLimit(container.limits, resource); };
  return std::all_of(spec.containers.begin(), spec.containers.end(), limited) &&
         std::all_of(spec.init_containers.begin(), spec.init_containers.end(), limited);
}

}  // namespace ordinal::api

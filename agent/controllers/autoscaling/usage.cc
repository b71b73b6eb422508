#include "agent/controllers/autoscaling/usage.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "agent/api/read.h"
#include "agent/base/saturate.h"

namespace ordinal::controllers::autoscaling {
namespace {

using api::Json;

/// "10.123s", as metrics.k8s.io writes a window here.
Duration ReadWindow(const std::string& text) {
  double seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

std::optional<int64_t> MilliOf(const Json& container, const std::string& resource) {
  const Json& usage = api::Member(container, "usage");
  if (!usage.contains(resource)) return std::nullopt;
  return api::ReadQuantity(usage, resource).MilliValue();
}

/// Nothing for a pod that is to be left out.
Result<std::optional<int64_t>> UseOf(const Json& item, const Subject& subject) {
  int64_t sum = 0;
  bool found = false;
  for (const Json& container : api::Items(item, "containers")) {
    const std::string name = api::ReadString(container, "name");
    if (!subject.container.empty() && name != subject.container) continue;
    const std::optional<int64_t> use = MilliOf(container, subject.resource);
    if (!use) return std::optional<int64_t>();
    found = true;
    sum = SaturatingSum(sum, *use);
  }
  if (!found && !subject.container.empty()) {
    const Json& metadata = api::Member(item, "metadata");
    return NoFigures(fmt::format("container {} not present in metrics for pod {}/{}", subject.container,
                                 api::ReadString(metadata, "namespace"), api::ReadString(metadata, "name")));
  }
  return std::optional<int64_t>(sum);
}

bool CpuUnready(const api::Pod& pod, const PodUse& use, WallTime now) {
  const api::Condition* ready = pod.FindCondition("Ready");
  if (ready == nullptr || !pod.status.start_time) return true;
  const WallTime started = *pod.status.start_time, changed = ready->last_transition.value_or(WallTime());
  const bool is_unready = ready->status == "False";
  if (started + kStartUp > now) return is_unready || use.at < changed + use.window;
  // It has never been ready.
  return is_unready && started + kFirstReadiness > changed;
}

/// Containers that run as long as the pod does.
std::vector<const api::Container*> LastingContainers(const api::Pod& pod) {
  std::vector<const api::Container*> lasting;
  for (const api::Container& container : pod.spec.containers) lasting.push_back(&container);
  for (const api::Container& container : pod.spec.init_containers) {
    if (container.restart_policy == "Always") lasting.push_back(&container);
  }
  return lasting;
}

}  // namespace

Result<PodUses> UsesOf(const Json& items, const api::Refs<api::Pod>& pods, const Subject& subject) {
  std::map<std::pair<std::string, std::string>, const Json*> measured;
  for (const Json& item : items) {
    const Json& metadata = api::Member(item, "metadata");
    measured[{api::ReadString(metadata, "namespace"), api::ReadString(metadata, "name")}] = &item;
  }
  PodUses uses;
  bool any = false;
  for (const api::Pod& pod : pods) {
    const auto found = measured.find({pod.meta.ns, pod.meta.name});
    if (found == measured.end()) continue;
    any = true;
    TRY(const std::optional<int64_t> milli, UseOf(*found->second, subject));
    if (!milli) continue;
    uses[pod.meta.name] = {*milli, api::ReadTime(*found->second, "timestamp").value_or(WallTime()),
                           ReadWindow(api::ReadString(*found->second, "window"))};
  }
  if (!any) return NoFigures("no metrics returned from resource metrics API");
  return uses;
}

Result<std::map<std::string, int64_t>> RequestsOf(const api::Refs<api::Pod>& pods, const Subject& subject) {
  std::map<std::string, int64_t> requests;
  for (const api::Pod& pod : pods) {
    const auto whole = pod.spec.requests.find(subject.resource);
    if (subject.container.empty() && whole != pod.spec.requests.end()) {
      requests[pod.meta.name] = whole->second.MilliValue();
      continue;
    }
    int64_t sum = 0;
    for (const api::Container* container : LastingContainers(pod)) {
      if (!subject.container.empty() && container->name != subject.container) continue;
      const auto found = container->requests.find(subject.resource);
      if (found == container->requests.end()) {
        return NoFigures(fmt::format("missing request for {} in container {} of Pod {}", subject.resource,
                                     container->name, pod.meta.name));
      }
      sum = SaturatingSum(sum, found->second.MilliValue());
    }
    requests[pod.meta.name] = sum;
  }
  return requests;
}

Groups GroupPods(const api::Refs<api::Pod>& pods, const PodUses& uses, const std::string& resource, WallTime now) {
  Groups groups;
  for (const api::Pod& pod : pods) {
    const std::string& name = pod.meta.name;
    if (pod.deleting() || pod.status.phase == "Failed") {
      groups.ignored.insert(name);
    } else if (pod.status.phase == "Pending") {
      groups.unready.insert(name);
    } else if (const auto use = uses.find(name); use == uses.end()) {
      groups.missing.insert(name);
    } else if (resource == "cpu" && CpuUnready(pod, use->second, now)) {
      groups.unready.insert(name);
    } else {
      ++groups.ready;
    }
  }
  return groups;
}

}  // namespace ordinal::controllers::autoscaling

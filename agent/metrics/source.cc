#include "agent/metrics/source.h"

#include <fmt/format.h>

#include <map>

#include "agent/api/quantity.h"

namespace ordinal::metrics {
namespace {

using api::Json;
using api::Member;

Json Usage(uint64_t nanocores, uint64_t working_set) {
  return {{"cpu", CpuQuantity(nanocores)}, {"memory", MemoryQuantity(working_set)}};
}

/// metadata, timestamp and window (metav1.Duration) of one item.
Json Item(const api::Object& of, const Rates& rates) {
  Json metadata = {{"name", of.name()}, {"creationTimestamp", FormatTime(rates.at)}};
  if (!of.ns().empty()) metadata["namespace"] = of.ns();
  if (!of.labels().empty()) metadata["labels"] = of.labels();
  const double seconds = std::chrono::duration<double>(rates.window).count();
  return {{"metadata", std::move(metadata)},
          {"timestamp", FormatTime(rates.at)},
          {"window", fmt::format("{:.3f}s", seconds)}};
}

size_t RunningContainers(const Json& pod) {
  size_t running = 0;
  for (const char* list : {"containerStatuses", "initContainerStatuses"}) {
    for (const Json& status : Member(Member(pod, "status"), list)) {
      if (Member(Member(status, "state"), "running").is_object()) ++running;
    }
  }
  return running;
}

}  // namespace

std::string CpuQuantity(uint64_t nanocores) { return api::Quantity::Canonical(fmt::format("{}n", nanocores)).value(); }

std::string MemoryQuantity(uint64_t bytes) {
  // Rounded down to what pages are made of, so that it is always written with a suffix.
  return api::Quantity::Canonical(fmt::format("{}Ki", bytes / 1024)).value();
}

Task<Result<Json>> Source::Pods() {
  CO_TRY(const Rates rates, co_await meter_.Measure());
  const store::ListOptions everywhere;
  CO_TRY(const store::ListResult pods, co_await store_.List("Pod", everywhere));
  std::map<std::string, Json> containers_of;  // by uid
  for (const ContainerRate& rate : rates.containers) {
    Json container = {{"name", rate.container}, {"usage", Usage(rate.nanocores, rate.working_set)}};
    auto& containers = containers_of.try_emplace(rate.uid, Json::array()).first->second;
    containers.push_back(std::move(container));
  }
  Json items = Json::array();
  for (const api::Object& pod : pods.items) {
    const auto measured = containers_of.find(pod.uid());
    if (measured == containers_of.end() || measured->second.size() < RunningContainers(pod.body())) continue;
    Json item = Item(pod, rates);
    item["containers"] = measured->second;
    items.push_back(std::move(item));
  }
  co_return items;
}

Task<Result<Json>> Source::Nodes() {
  CO_TRY(const Rates rates, co_await meter_.Measure());
  const api::ObjectKey key{"Node", "", node_};
  const Result<api::Object> node = co_await store_.Get(key);
  Json items = Json::array();
  if (!node.ok() && node.error().code != ErrorCode::kNotFound) co_return node.error();
  if (node.ok()) {
    Json item = Item(*node, rates);
    item["usage"] = Usage(rates.node_nanocores, rates.node_working_set);
    items.push_back(std::move(item));
  }
  co_return items;
}

}  // namespace ordinal::metrics

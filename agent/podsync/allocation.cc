#include "agent/podsync/allocation.h"

#include <vector>

#include "agent/api/read.h"

namespace ordinal::podsync {
namespace {

using api::Json;

Amounts ReadAmounts(const Json& resources) {
  return {api::ReadStringMap(resources, "limits"), api::ReadStringMap(resources, "requests")};
}

api::ResourceList Parsed(const api::StringMap& amounts) {
  api::ResourceList list;
  for (const auto& [resource, text] : amounts) {
    const auto quantity = api::Quantity::Parse(text);
    if (quantity.ok()) list[resource] = *quantity;
  }
  return list;
}

void Give(const Allocation& allocation, std::vector<api::Container>& containers) {
  for (api::Container& container : containers) {
    const Amounts& amounts = allocation.Of(container.name);
    container.limits = Parsed(amounts.limits);
    container.requests = Parsed(amounts.requests);
  }
}

/// 1 and 1000m are the same.
bool SameAmount(const api::StringMap& a, const api::StringMap& b, const char* resource) {
  const auto one = a.find(resource), other = b.find(resource);
  if (one == a.end() || other == b.end()) return (one == a.end()) == (other == b.end());
  if (one->second == other->second) return true;
  const auto first = api::Quantity::Parse(one->second), second = api::Quantity::Parse(other->second);
  return first.ok() && second.ok() && *first == *second;
}

bool Differs(const Amounts& a, const Amounts& b, const char* resource) {
  return !SameAmount(a.limits, b.limits, resource) || !SameAmount(a.requests, b.requests, resource);
}

Json DocumentOf(const Amounts& amounts) {
  Json out = Json::object();
  if (!amounts.limits.empty()) out["limits"] = amounts.limits;
  if (!amounts.requests.empty()) out["requests"] = amounts.requests;
  return out;
}

Json DocumentOf(const std::map<std::string, Amounts>& all) {
  Json out = Json::object();
  for (const auto& [name, amounts] : all) out[name] = DocumentOf(amounts);
  return out;
}

std::map<std::string, Amounts> ReadAll(const Json& json) {
  std::map<std::string, Amounts> all;
  if (!json.is_object()) return all;
  for (const auto& [name, amounts] : json.items()) all[name] = ReadAmounts(amounts);
  return all;
}

std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

const Amounts& Allocation::Of(const std::string& container) const {
  static const Amounts kNone;
  const auto found = containers.find(container);
  return found == containers.end() ? kNone : found->second;
}

Allocation AllocationOf(const api::Pod& pod) {
  Allocation out;
  const Json& spec = api::Member(pod.object.body(), "spec");
  for (const char* list : {"containers", "initContainers"}) {
    for (const Json& container : api::Items(spec, list)) {
      Amounts amounts = ReadAmounts(api::Member(container, "resources"));
      if (!amounts.empty()) out.containers[api::ReadString(container, "name")] = std::move(amounts);
    }
  }
  out.pod = ReadAmounts(api::Member(spec, "resources"));
  return out;
}

api::Pod WithAllocation(const api::Pod& pod, const Allocation& allocation) {
  api::Pod out = pod;
  Give(allocation, out.spec.containers);
  Give(allocation, out.spec.init_containers);
  out.spec.limits = Parsed(allocation.pod.limits);
  out.spec.requests = Parsed(allocation.pod.requests);
  return out;
}

Difference DifferenceOf(const Amounts& a, const Amounts& b) { return {Differs(a, b, "cpu"), Differs(a, b, "memory")}; }

std::string ToText(const Amounts& amounts) { return Dump(DocumentOf(amounts)); }

std::optional<Amounts> AmountsFromText(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  return ReadAmounts(json);
}

std::string ToText(const KeptAllocation& kept) {
  const Json json{{"allocated", DocumentOf(kept.allocated.containers)},
                  {"pod", DocumentOf(kept.allocated.pod)},
                  {"actuated", DocumentOf(kept.actuated)},
                  {"endedToResize", kept.ended_to_resize},
                  {"generation", kept.generation},
                  {"unfinished", kept.unfinished}};
  return Dump(json) + "\n";
}

std::optional<KeptAllocation> KeptFromText(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("allocated")) return std::nullopt;
  KeptAllocation kept;
  kept.allocated.containers = ReadAll(api::Member(json, "allocated"));
  kept.allocated.pod = ReadAmounts(api::Member(json, "pod"));
  kept.actuated = ReadAll(api::Member(json, "actuated"));
  for (const Json& id : api::Items(json, "endedToResize")) {
    if (id.is_string()) kept.ended_to_resize.insert(id.get<std::string>());
  }
  kept.generation = api::ReadInt(json, "generation");
  kept.unfinished = api::ReadBool(json, "unfinished");
  return kept;
}

}  // namespace ordinal::podsync

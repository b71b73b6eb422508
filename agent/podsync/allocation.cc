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

/// The pod's part is said also where there is nothing: none at all means that nobody knows.
Json DocumentOf(const Portion& portion) {
  Json out = DocumentOf(portion.own);
  out["pod"] = DocumentOf(portion.pod);
  return out;
}

Portion ReadPortion(const Json& json, const Amounts& pod) {
  return {ReadAmounts(json), json.is_object() && json.contains("pod") ? ReadAmounts(json["pod"]) : pod};
}

template <class T>
Json DocumentOf(const std::map<std::string, T>& all) {
  Json out = Json::object();
  for (const auto& [name, each] : all) out[name] = DocumentOf(each);
  return out;
}

/// `read` makes one of each member.
template <class T, class Read>
std::map<std::string, T> ReadAll(const Json& json, Read read) {
  std::map<std::string, T> all;
  if (!json.is_object()) return all;
  for (const auto& [name, each] : json.items()) all[name] = read(each);
  return all;
}

/// The request that a container's memory.high rests on where it has none of its own.
api::StringMap InheritedRequest(const Portion& portion) {
  api::StringMap inherited;
  const bool own = portion.own.requests.contains("memory") || portion.own.limits.contains("memory");
  const auto asked = portion.pod.requests.find("memory");
  if (!own && asked != portion.pod.requests.end()) inherited.insert(*asked);
  return inherited;
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

Amounts Portion::Effective() const {
  Amounts all = own;
  for (const char* resource : {"cpu", "memory"}) {
    const auto limit = pod.limits.find(resource);
    if (limit != pod.limits.end()) all.limits.insert(*limit);
  }
  return all;
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

Difference DifferenceOf(const Portion& a, const Portion& b) {
  Difference difference = DifferenceOf(a.Effective(), b.Effective());
  difference.inherited = !SameAmount(InheritedRequest(a), InheritedRequest(b), "memory");
  return difference;
}

std::string ToText(const Portion& portion) { return Dump(DocumentOf(portion)); }

std::optional<Portion> PortionFromText(const std::string& text, const Amounts& pod) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  return ReadPortion(json, pod);
}

bool TellsOfPod(const std::string& portion) {
  const Json json = Json::parse(portion, nullptr, false);
  return json.is_object() && json.contains("pod");
}

std::string ToText(const KeptAllocation& kept) {
  const Json json{{"allocated", DocumentOf(kept.allocated.containers)},
                  {"pod", DocumentOf(kept.allocated.pod)},
                  {"podHas", DocumentOf(kept.pod_has)},
                  {"actuated", DocumentOf(kept.actuated)},
                  {"endedToResize", kept.ended_to_restart},
                  {"generation", kept.generation},
                  {"unfinished", kept.unfinished}};
  return Dump(json) + "\n";
}

std::optional<KeptAllocation> KeptFromText(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("allocated")) return std::nullopt;
  KeptAllocation kept;
  const Amounts pod = ReadAmounts(api::Member(json, "pod"));
  kept.allocated = {ReadAll<Amounts>(api::Member(json, "allocated"), ReadAmounts), pod};
  // An older agent never changed what the pod has as a whole, and so did not say it twice.
  kept.pod_has = json.contains("podHas") ? ReadAmounts(json["podHas"]) : pod;
  kept.actuated =
      ReadAll<Portion>(api::Member(json, "actuated"), [&pod](const Json& each) { return ReadPortion(each, pod); });
  for (const Json& id : api::Items(json, "endedToResize")) {
    if (id.is_string()) kept.ended_to_restart.insert(id.get<std::string>());
  }
  kept.generation = api::ReadInt(json, "generation");
  kept.unfinished = api::ReadBool(json, "unfinished");
  return kept;
}

}  // namespace ordinal::podsync

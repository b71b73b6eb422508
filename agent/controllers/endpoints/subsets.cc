#include "agent/controllers/endpoints/subsets.h"

#include <algorithm>
#include <map>
#include <utility>

#include "agent/controllers/endpoints/endpoint.h"

namespace ordinal::controllers::endpoints {
namespace {

using api::Json;

struct Subset {
  std::map<std::string, Json> ready, not_ready;  // by address
};

/// A slice's entry as an address of a subset.
Json ToAddress(const Json& endpoint) {
  Json address{{"ip", endpoint["addresses"].front()}};
  for (const char* member : {"hostname", "nodeName", "targetRef"}) {
    if (endpoint.contains(member)) address[member] = endpoint[member];
  }
  return address;
}

/// By name; a port without a name does not say so here.
Json ToPorts(Json ports) {
  std::sort(ports.begin(), ports.end(), [](const Json& a, const Json& b) { return a["name"] < b["name"]; });
  for (Json& port : ports) {
    if (port["name"] == "") port.erase("name");
  }
  return ports;
}

Json Values(std::map<std::string, Json>& addresses, size_t& room) {
  Json out = Json::array();
  for (auto& [ip, address] : addresses) {
    if (room == 0) break;
    --room;
    out.push_back(std::move(address));
  }
  return out;
}

/// Ready addresses are the last to go when there are too many.
Json Render(std::map<Json, Subset>& subsets) {
  size_t room = kAddressesPerObject;
  std::vector<std::pair<Json, Json>> ready;
  for (auto& [ports, subset] : subsets) ready.emplace_back(ports, Values(subset.ready, room));
  Json out = Json::array();
  size_t index = 0;
  for (auto& [ports, subset] : subsets) {
    Json one = Json::object();
    if (!ready[index].second.empty()) one["addresses"] = std::move(ready[index].second);
    ++index;
    Json not_ready = Values(subset.not_ready, room);
    if (!not_ready.empty()) one["notReadyAddresses"] = std::move(not_ready);
    if (one.empty()) continue;
    if (!ports.empty()) one["ports"] = ports;
    out.push_back(std::move(one));
  }
  return out;
}

size_t Count(const api::Refs<api::Pod>& pods) {
  return static_cast<size_t>(
      std::count_if(pods.begin(), pods.end(), [](const api::Pod& pod) { return !pod.status.pod_ip.empty(); }));
}

}  // namespace

Json SubsetsOf(const api::Service& service, const api::Refs<api::Pod>& pods) {
  const std::string family = FamiliesOf(service).front();
  std::map<Json, Subset> subsets;
  for (const api::Pod& pod : pods) {
    if (pod.deleting() && !service.publish_not_ready) continue;
    const std::optional<Json> endpoint = BuildEndpoint(service, pod, family);
    if (!endpoint) continue;
    Json ports = ToPorts(BuildPorts(service, pod));
    // Without a port there is nothing to connect to; a headless service gives addresses all the same.
    if (ports.empty() && !(service.ports.empty() && service.headless())) continue;
    Subset& subset = subsets[std::move(ports)];
    auto& addresses = service.publish_not_ready || pod.Ready() ? subset.ready : subset.not_ready;
    addresses[(*endpoint)["addresses"].front()] = ToAddress(*endpoint);
  }
  return Render(subsets);
}

std::optional<Json> EndpointsObject(const Observed& seen, const api::Object* current) {
  Json body = current != nullptr
                  ? current->body()
                  : Json{{"apiVersion", "v1"},
                         {"kind", "Endpoints"},
                         {"metadata", Json{{"name", seen.service.meta.name}, {"namespace", seen.service.meta.ns}}}};
  const Json before = body;
  Json& metadata = body["metadata"];
  const api::StringMap labels = CopiedLabels(seen.service);
  metadata.erase("labels");
  if (!labels.empty()) metadata["labels"] = labels;
  Json subsets = SubsetsOf(seen.service, seen.pods);
  body.erase("subsets");
  if (!subsets.empty()) body["subsets"] = std::move(subsets);
  if (current != nullptr && body == before) return std::nullopt;
  Json& annotations = metadata["annotations"];
  annotations[kTriggerTimeAnnotation] = FormatTime(seen.now);
  annotations.erase(kOverCapacityAnnotation);
  if (Count(seen.pods) > kAddressesPerObject) annotations[kOverCapacityAnnotation] = "truncated";
  return body;
}

}  // namespace ordinal::controllers::endpoints

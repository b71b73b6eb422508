#include "agent/names/snapshot_of.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "dns/snapshot/source.h"

namespace ordinal::names {
namespace {

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

template <class Port>
dns::PortEntry ToEntry(const Port& port) {
  return {port.name, Lower(port.protocol), static_cast<uint16_t>(port.port)};
}

bool Published(const api::Endpoint& endpoint, const api::Service& service) {
  return service.publish_not_ready || (endpoint.ready && !endpoint.terminating);
}

void AddEndpoints(const api::Service& service, const api::EndpointSlice& slice, dns::ServiceEntry& entry) {
  for (const api::Endpoint& endpoint : slice.endpoints) {
    if (!Published(endpoint, service)) continue;
    dns::EndpointEntry out;
    out.hostname = endpoint.hostname;
    out.addresses = endpoint.addresses;
    for (const api::EndpointPort& port : slice.ports) out.ports.push_back(ToEntry(port));
    entry.endpoints.push_back(std::move(out));
  }
}

bool WaitsForItsAddress(const api::Service& service) { return !service.headless() && service.cluster_ips.empty(); }

}  // namespace

std::optional<dns::ServiceEntry> EntryOf(const api::Service& service,
                                         const std::vector<const api::EndpointSlice*>& slices) {
  dns::ServiceEntry entry;
  entry.ns = service.meta.ns;
  entry.name = service.meta.name;
  if (service.type == "ExternalName") {
    entry.external_name = service.external_name;
    return entry;
  }
  if (WaitsForItsAddress(service)) return std::nullopt;
  entry.headless = service.headless();
  if (!entry.headless) entry.cluster_ips = service.cluster_ips;
  for (const api::ServicePort& port : service.ports) entry.ports.push_back(ToEntry(port));
  for (const api::EndpointSlice* slice : slices) AddEndpoints(service, *slice, entry);
  return entry;
}

Built SnapshotOf(const Names& names, const std::string& zone, uint32_t serial, Whole whole) {
  std::map<std::pair<std::string, std::string>, std::vector<const api::EndpointSlice*>> slices;
  for (const api::EndpointSlice& slice : names.slices) slices[{slice.meta.ns, slice.service}].push_back(&slice);
  dns::SnapshotSource source(zone);
  for (const std::string& ns : names.namespaces) source.AddNamespace(ns);
  for (const api::Service& service : names.services) {
    auto entry = EntryOf(service, slices[{service.meta.ns, service.meta.name}]);
    if (entry) source.SetService(std::move(*entry));
  }
  Built built;
  built.snapshot = source.Publish(serial, whole);
  built.problems = source.problems();
  return built;
}

}  // namespace ordinal::names

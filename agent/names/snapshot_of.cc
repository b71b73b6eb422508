#include "agent/names/snapshot_of.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace ordinal::names {
namespace {

using SlicesByService = std::map<std::pair<std::string, std::string>, std::vector<const api::EndpointSlice*>>;

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

dns::ServiceEntry ToEntry(const api::Service& service, const SlicesByService& slices) {
  dns::ServiceEntry entry;
  entry.ns = service.meta.ns;
  entry.name = service.meta.name;
  if (service.type == "ExternalName") {
    entry.external_name = service.external_name;
    return entry;
  }
  entry.headless = service.headless();
  if (!entry.headless) entry.cluster_ips = service.cluster_ips;
  for (const api::ServicePort& port : service.ports) entry.ports.push_back(ToEntry(port));
  const auto found = slices.find({service.meta.ns, service.meta.name});
  if (found == slices.end()) return entry;
  for (const api::EndpointSlice* slice : found->second) AddEndpoints(service, *slice, entry);
  return entry;
}

}  // namespace

Built SnapshotOf(const Names& names, const std::string& zone, uint32_t serial, Whole whole) {
  SlicesByService slices;
  for (const api::EndpointSlice& slice : names.slices) slices[{slice.meta.ns, slice.service}].push_back(&slice);
  dns::SnapshotBuilder builder;
  if (whole == Whole::kNo) builder.MayLackNames();
  builder.AddNamespace("default");
  for (const std::string& ns : names.namespaces) builder.AddNamespace(ns);
  for (const api::Service& service : names.services) {
    // A service that waits for its cluster address has no name yet.
    const bool nameless = service.type != "ExternalName" && !service.headless() && service.cluster_ips.empty();
    if (!nameless) builder.AddService(ToEntry(service, slices));
  }
  Built built;
  built.snapshot = builder.Build(zone, serial);
  built.problems = builder.problems();
  return built;
}

}  // namespace ordinal::names

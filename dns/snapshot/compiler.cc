#include "dns/snapshot/compiler.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ordinal::dns {
namespace {

/// "10.244.0.3" → "10-244-0-3", "fd00::3" → "fd00--3".
std::string DashedAddress(const std::string& address) {
  std::string label = address;
  std::replace(label.begin(), label.end(), '.', '-');
  std::replace(label.begin(), label.end(), ':', '-');
  return label;
}

}  // namespace

std::optional<wire::Name> NameBelow(const wire::Name& parent, const std::string& label,
                                    std::vector<std::string>& problems) {
  const auto child = parent.Child(label);
  if (child) return child->Lower();
  problems.push_back(fmt::format("\"{}\" cannot be a name below {}: a label has 1 to 63 bytes, a name at most 255",
                                 label, parent.ToText()));
  return std::nullopt;
}

void ServiceCompiler::Add(const ServiceEntry& service) {
  const auto ns = NameBelow(services_, service.ns, problems_);
  if (!ns) return;
  const auto owner = NameBelow(*ns, service.name, problems_);
  if (!owner) return;
  if (!service.external_name.empty()) return AddAlias(*owner, service);
  // A headless service exists through its endpoints: without any, its name does not (NXDOMAIN).
  if (!service.headless) AddClusterAddresses(*owner, service);
  for (const EndpointEntry& endpoint : service.endpoints) AddEndpoint(*owner, service, endpoint);
}

Drafts ServiceCompiler::Take() {
  for (auto& [name, draft] : drafts_) KeepOnce(draft);
  return std::exchange(drafts_, {});
}

Draft& ServiceCompiler::DraftOf(const wire::Name& name, const wire::Name& owner) {
  Draft& draft = drafts_[std::string(name.wire())];
  for (wire::Name at = name; at.size() > owner.size();) {
    at = at.Parent();
    if (!drafts_.try_emplace(std::string(at.wire())).second) break;
  }
  return draft;
}

void ServiceCompiler::AddAlias(const wire::Name& owner, const ServiceEntry& service) {
  auto target = wire::Name::FromText(service.external_name);
  if (!target.ok()) {
    problems_.push_back(fmt::format("{}/{}: externalName: {}", service.ns, service.name, target.error().message));
    return;
  }
  DraftOf(owner, owner).cname = target->Lower();  // the resolver looks it up as it is
}

void ServiceCompiler::AddClusterAddresses(const wire::Name& owner, const ServiceEntry& service) {
  DraftOf(owner, owner);
  for (const std::string& text : service.cluster_ips) {
    const auto address = AddressOf(service, text);
    if (!address) continue;
    AddAddress(owner, owner, *address);
    AddReverse(*address, owner);
  }
  for (const PortEntry& port : service.ports) AddPort(owner, port, owner);
}

void ServiceCompiler::AddEndpoint(const wire::Name& owner, const ServiceEntry& service, const EndpointEntry& endpoint) {
  for (const std::string& text : endpoint.addresses) {
    const auto address = AddressOf(service, text);
    if (!address) continue;
    const auto name = NameBelow(owner, endpoint.hostname.empty() ? DashedAddress(text) : endpoint.hostname, problems_);
    if (!name) continue;
    AddAddress(*name, owner, *address);
    AddReverse(*address, *name);
    if (!service.headless) continue;  // the service's own name and ports stand for its cluster address
    AddAddress(owner, owner, *address);
    for (const PortEntry& port : endpoint.ports) AddPort(owner, port, *name);
  }
}

std::optional<Address> ServiceCompiler::AddressOf(const ServiceEntry& service, const std::string& text) {
  const Address address = ParseAddress(text);
  if (address.v4 || address.v6) return address;
  problems_.push_back(fmt::format("{}/{}: \"{}\" is not an address", service.ns, service.name, text));
  return std::nullopt;
}

// Reverse names have no ancestors here: what lies beside them belongs to the host's resolvers.
void ServiceCompiler::AddReverse(const Address& address, const wire::Name& owner) {
  drafts_[std::string(ReverseName(address).wire())].ptr.push_back(owner);
}

void ServiceCompiler::AddAddress(const wire::Name& name, const wire::Name& owner, const Address& address) {
  Draft& draft = DraftOf(name, owner);
  if (address.v4) draft.v4.push_back(*address.v4);
  if (address.v6) draft.v6.push_back(*address.v6);
}

void ServiceCompiler::AddPort(const wire::Name& owner, const PortEntry& port, const wire::Name& target) {
  const SrvDraft srv{port.port, target};
  DraftOf(owner, owner).srv.push_back(srv);
  if (port.name.empty()) return;
  const auto protocol = NameBelow(owner, "_" + port.protocol, problems_);
  if (!protocol) return;
  if (const auto name = NameBelow(*protocol, "_" + port.name, problems_)) DraftOf(*name, owner).srv.push_back(srv);
}

}  // namespace ordinal::dns

#include "dns/snapshot/compiler.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace ordinal::dns {
namespace {

template <class T>
void AddOnce(std::vector<T>& list, T value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(std::move(value));
}

/// "10.244.0.3" → "10-244-0-3", "fd00::3" → "fd00--3".
std::string DashedAddress(const std::string& address) {
  std::string label = address;
  std::replace(label.begin(), label.end(), '.', '-');
  std::replace(label.begin(), label.end(), ':', '-');
  return label;
}

}  // namespace

SnapshotCompiler::SnapshotCompiler(const wire::Name& zone, std::vector<std::string>& problems)
    : zone_(zone.Lower()), services_(zone_), problems_(problems), snapshot_(new Snapshot()) {
  if (const auto services = ChildOf(zone_, "svc")) services_ = *services;
  DraftOf(services_);
  search_ = {std::string(zone_.wire()), std::string(services_.wire())};
  if (const auto version = ChildOf(zone_, "dns-version")) {
    DraftOf(*version).txt.emplace_back(kSpecificationVersion);
  }
}

std::optional<wire::Name> SnapshotCompiler::ChildOf(const wire::Name& parent, const std::string& label) {
  const auto child = parent.Child(label);
  if (!child) {
    problems_.push_back(fmt::format("\"{}\" cannot be a name below {}: a label has 1 to 63 bytes, a name at most 255",
                                    label, parent.ToText()));
    return std::nullopt;
  }
  return child->Lower();
}

Draft& SnapshotCompiler::DraftOf(const wire::Name& name) {
  for (wire::Name at = name; !at.IsRoot(); at = at.Parent()) {
    if (!drafts_.try_emplace(std::string(at.wire())).second || at == zone_) break;
  }
  return drafts_[std::string(name.wire())];
}

std::optional<wire::Name> SnapshotCompiler::NamespaceOf(const std::string& name) {
  const auto owner = ChildOf(services_, name);
  if (!owner) return owner;
  if (!drafts_.contains(std::string(owner->wire()))) search_.emplace_back(owner->wire());
  DraftOf(*owner);
  return owner;
}

void SnapshotCompiler::AddNamespace(const std::string& name) { NamespaceOf(name); }

void SnapshotCompiler::AddService(const ServiceEntry& service) {
  const auto ns = NamespaceOf(service.ns);
  if (!ns) return;
  const auto owner = ChildOf(*ns, service.name);
  if (!owner) return;
  if (!service.external_name.empty()) return AddAlias(*owner, service);
  // A headless service exists through its endpoints: without any, its name does not (NXDOMAIN).
  if (!service.headless) AddClusterAddresses(*owner, service);
  for (const EndpointEntry& endpoint : service.endpoints) AddEndpoint(*owner, service, endpoint);
}

void SnapshotCompiler::AddAlias(const wire::Name& owner, const ServiceEntry& service) {
  auto target = wire::Name::FromText(service.external_name);
  if (!target.ok()) {
    problems_.push_back(fmt::format("{}/{}: externalName: {}", service.ns, service.name, target.error().message));
    return;
  }
  DraftOf(owner).cname = target->Lower();  // the resolver looks it up as it is
}

void SnapshotCompiler::AddClusterAddresses(const wire::Name& owner, const ServiceEntry& service) {
  DraftOf(owner);
  for (const std::string& text : service.cluster_ips) {
    const auto address = AddressOf(service, text);
    if (!address) continue;
    AddAddress(owner, *address);
    AddReverse(*address, owner);
  }
  for (const PortEntry& port : service.ports) AddPort(owner, port, owner);
}

void SnapshotCompiler::AddEndpoint(const wire::Name& owner, const ServiceEntry& service,
                                   const EndpointEntry& endpoint) {
  for (const std::string& text : endpoint.addresses) {
    const auto address = AddressOf(service, text);
    if (!address) continue;
    const auto name = ChildOf(owner, endpoint.hostname.empty() ? DashedAddress(text) : endpoint.hostname);
    if (!name) continue;
    AddAddress(*name, *address);
    AddReverse(*address, *name);
    if (!service.headless) continue;  // the service's own name and ports stand for its cluster address
    AddAddress(owner, *address);
    for (const PortEntry& port : endpoint.ports) AddPort(owner, port, *name);
  }
}

std::optional<Address> SnapshotCompiler::AddressOf(const ServiceEntry& service, const std::string& text) {
  const Address address = ParseAddress(text);
  if (address.v4 || address.v6) return address;
  problems_.push_back(fmt::format("{}/{}: \"{}\" is not an address", service.ns, service.name, text));
  return std::nullopt;
}

// Reverse names have no ancestors here: what lies beside them belongs to the host's resolvers.
void SnapshotCompiler::AddReverse(const Address& address, const wire::Name& owner) {
  AddOnce(drafts_[std::string(ReverseName(address).wire())].ptr, owner);
}

void SnapshotCompiler::AddAddress(const wire::Name& owner, const Address& address) {
  Draft& draft = DraftOf(owner);
  if (address.v4) AddOnce(draft.v4, *address.v4);
  if (address.v6) AddOnce(draft.v6, *address.v6);
}

void SnapshotCompiler::AddPort(const wire::Name& owner, const PortEntry& port, const wire::Name& target) {
  const SrvDraft srv{port.port, target};
  AddOnce(DraftOf(owner).srv, srv);
  if (port.name.empty()) return;
  const auto protocol = ChildOf(owner, "_" + port.protocol);
  if (!protocol) return;
  if (const auto name = ChildOf(*protocol, "_" + port.name)) AddOnce(DraftOf(*name).srv, srv);
}

void SnapshotCompiler::LinkTargets(Node& node) {
  for (RecordSet& set : node.sets) {
    if (set.type != wire::Type::kSrv) continue;
    const std::vector<SrvDraft>& records = drafts_.at(std::string(node.name)).srv;
    std::unordered_set<const Node*> linked;
    size_t offset = 0;
    for (const SrvDraft& srv : records) {
      const Node* target = snapshot_->Find(srv.target.wire());
      if (target != nullptr && linked.insert(target).second) {
        set.additional.push_back({offset + kSrvTargetOffset, target});
      }
      offset += kSrvTargetOffset + srv.target.size();
    }
  }
}

std::shared_ptr<const Snapshot> SnapshotCompiler::Finish(uint32_t serial, bool whole) {
  snapshot_->zone_ = zone_;
  snapshot_->serial_ = serial;
  snapshot_->synced_ = true;
  snapshot_->whole_ = whole;
  snapshot_->nodes_.reserve(drafts_.size());
  for (const auto& [name, draft] : drafts_) {
    const auto place = snapshot_->nodes_.emplace(name, Node{{}, Render(draft)}).first;
    place->second.name = place->first;
  }
  for (auto& [name, node] : snapshot_->nodes_) LinkTargets(node);
  for (const std::string& name : search_) snapshot_->search_.push_back(snapshot_->Find(name)->name);
  return snapshot_;
}

}  // namespace ordinal::dns

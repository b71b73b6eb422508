#include "dns/snapshot/source.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "dns/snapshot/compiler.h"

namespace ordinal::dns {
namespace {

/// In lower case as names are (RFC 4343): of ASCII letters only.
std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(wire::LowerByte(static_cast<uint8_t>(c)));
  return text;
}

/// Services with the same names have the same key. Others may have it too, and are only compiled together then.
std::string Key(const std::string& ns, const std::string& name) { return Lower(ns + '/' + name); }

auto PlaceOf(std::vector<ServiceEntry>& services, const std::string& ns, const std::string& name) {
  return std::lower_bound(
      services.begin(), services.end(), std::tie(ns, name),
      [](const ServiceEntry& service, const auto& wanted) { return std::tie(service.ns, service.name) < wanted; });
}

bool Is(const ServiceEntry& service, const std::string& ns, const std::string& name) {
  return service.ns == ns && service.name == name;
}

}  // namespace

SnapshotSource::SnapshotSource(std::string_view zone) {
  const auto name = ParseZone(zone);
  if (!name.ok()) return;
  usable_ = true;
  zone_ = *name;
  PutBase();
  Enter("default");
}

void SnapshotSource::PutBase() {
  Drafts drafts;
  drafts[std::string(zone_.wire())];
  // A zone has 128 bytes at most, so there is room below it.
  services_ = zone_.Child("svc").value();
  drafts[std::string(services_.wire())];
  const wire::Name version = zone_.Child("dns-version").value();
  drafts[std::string(version.wire())].txt.emplace_back(kSpecificationVersion);
  names_.Replace(nullptr, MakeBlock(drafts));
}

void SnapshotSource::AddNamespace(const std::string& name) {
  if (!added_.insert(name).second) return;
  Enter(name);
  NameBelow(services_, name, noted_);
}

void SnapshotSource::RemoveNamespace(const std::string& name) {
  if (added_.erase(name) > 0) Leave(name);
}

void SnapshotSource::Enter(const std::string& ns) {
  const std::string name = Lower(ns);
  if (namespaces_[name].reasons++ == 0) changed_namespaces_.insert(name);
}

void SnapshotSource::Leave(const std::string& ns) {
  const std::string name = Lower(ns);
  if (--namespaces_[name].reasons == 0) changed_namespaces_.insert(name);
}

void SnapshotSource::Touch(Groups::value_type& group) {
  if (!std::exchange(group.second.changed, true)) changed_groups_.push_back(&group);
}

void SnapshotSource::SetService(ServiceEntry service) {
  const auto group = groups_.try_emplace(Key(service.ns, service.name)).first;
  std::vector<ServiceEntry>& services = group->second.services;
  const auto place = PlaceOf(services, service.ns, service.name);
  if (place == services.end() || !Is(*place, service.ns, service.name)) {
    Enter(service.ns);
    services.insert(place, std::move(service));
  } else if (*place != service) {
    *place = std::move(service);
  } else {
    return;
  }
  Touch(*group);
}

void SnapshotSource::RemoveService(const std::string& ns, const std::string& name) {
  const auto group = groups_.find(Key(ns, name));
  if (group == groups_.end()) return;
  std::vector<ServiceEntry>& services = group->second.services;
  const auto place = PlaceOf(services, ns, name);
  if (place == services.end() || !Is(*place, ns, name)) return;
  Leave(ns);
  services.erase(place);
  Touch(*group);
}

bool SnapshotSource::changed() const { return !published_ || !changed_groups_.empty() || !changed_namespaces_.empty(); }

void SnapshotSource::CompileServices() {
  for (Groups::value_type* changed : std::exchange(changed_groups_, {})) {
    Group& group = changed->second;
    ServiceCompiler compiler(services_, problems_);
    for (const ServiceEntry& service : group.services) compiler.Add(service);
    compiled_ += group.services.size();
    const Drafts drafts = compiler.Take();
    const BlockPtr block = drafts.empty() ? nullptr : MakeBlock(drafts);
    names_.Replace(std::exchange(group.block, block), block);
    group.changed = false;
    if (group.services.empty()) groups_.erase(groups_.find(changed->first));
  }
}

void SnapshotSource::CompileNamespaces() {
  if (changed_namespaces_.empty() && search_ != nullptr) return;
  std::vector<std::string> none;  // a namespace that cannot be a name was noted when it, or its service, was added
  for (const std::string& name : std::exchange(changed_namespaces_, {})) {
    Namespace& ns = namespaces_.at(name);
    const auto owner = NameBelow(services_, name, none);
    if (owner && (ns.reasons > 0) != (ns.block != nullptr)) {
      const BlockPtr block = ns.reasons == 0 ? nullptr : MakeBlock({{std::string(owner->wire()), Draft{}}});
      names_.Replace(std::exchange(ns.block, block), block);
    }
    if (ns.reasons == 0) namespaces_.erase(name);
  }
  std::vector<std::string_view> search{zone_.wire(), services_.wire()};
  for (const auto& [name, ns] : namespaces_) {
    if (ns.block != nullptr) search.push_back(ns.block->nodes.front().name);
  }
  search_ = std::make_shared<const SearchList>(search);
}

std::shared_ptr<const Snapshot> SnapshotSource::Publish(uint32_t serial, Whole whole) {
  problems_.clear();
  if (!usable_) return nullptr;
  problems_ = std::exchange(noted_, {});
  CompileServices();
  CompileNamespaces();
  published_ = true;
  std::shared_ptr<Snapshot> snapshot(new Snapshot());
  snapshot->zone_ = zone_;
  snapshot->serial_ = serial;
  snapshot->synced_ = true;
  snapshot->whole_ = whole == Whole::kYes;
  snapshot->search_ = search_;
  snapshot->names_ = names_.Version();
  return snapshot;
}

}  // namespace ordinal::dns

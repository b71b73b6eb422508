// Random changes of what is named, on a stage so small that names, addresses and spellings meet all the time.
#pragma once

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dns/snapshot/source.h"

namespace ordinal::dns::testing {

class RandomNames {
 public:
  explicit RandomNames(uint32_t seed) : random_(seed) {}

  /// One change, of `source` and of what is remembered.
  void Change(SnapshotSource& source) {
    switch (Below(10)) {
      case 0: return AddNamespace(source);
      case 1: return RemoveNamespace(source);
      case 2:
      case 3:
      case 4: return RemoveService(source);
      default: return SetService(source);
    }
  }

  /// All that is remembered, in another order each time, in an empty source.
  void Put(SnapshotSource& source) {
    std::vector<ServiceEntry> all;
    for (const auto& [key, service] : services_) all.push_back(service);
    std::shuffle(all.begin(), all.end(), random_);
    for (ServiceEntry& service : all) source.SetService(std::move(service));
    for (const std::string& ns : namespaces_) source.AddNamespace(ns);
  }

  using Services = std::map<std::pair<std::string, std::string>, ServiceEntry>;
  const Services& services() const { return services_; }
  const std::set<std::string>& namespaces() const { return namespaces_; }

 private:
  size_t Below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }
  std::string OneOf(const std::vector<std::string>& texts) { return texts[Below(texts.size())]; }

  std::string Namespace() { return OneOf({"default", "shop", "Shop", "tools", "empty", std::string(64, 'n')}); }
  std::string Name() { return OneOf({"web", "Web", "db", "cache", "queue", std::string(64, 's')}); }
  std::string Address() {
    const std::string number = std::to_string(1 + Below(8));
    return OneOf({"10.244.0." + number, "10.244.0." + number, "fd00::" + number, "no-address"});
  }
  std::vector<PortEntry> Ports() {
    std::vector<PortEntry> ports;
    for (size_t count = Below(3); count > 0; --count) {
      ports.push_back({OneOf({"http", "sql", "HTTP", ""}), OneOf({"tcp", "udp"}), static_cast<uint16_t>(Below(3))});
    }
    return ports;
  }

  ServiceEntry Service() {
    ServiceEntry service;
    service.ns = Namespace();
    service.name = Name();
    const size_t kind = Below(8);
    if (kind == 0) service.external_name = OneOf({"db.example.org", "not..a.name", "web.shop.svc.cluster.local"});
    service.headless = kind < 5;
    if (!service.headless) service.cluster_ips = {Address(), Address()};
    service.ports = Ports();
    for (size_t count = Below(5); count > 0; --count) {
      service.endpoints.push_back({OneOf({"", "p-0", "p-1", "P-1", "_tcp"}), {Address()}, Ports()});
    }
    return service;
  }

  void SetService(SnapshotSource& source) {
    const ServiceEntry service = Service();
    services_[{service.ns, service.name}] = service;
    source.SetService(service);
  }
  void RemoveService(SnapshotSource& source) {
    const std::string ns = Namespace();
    const std::string name = Name();
    services_.erase({ns, name});
    source.RemoveService(ns, name);
  }
  void AddNamespace(SnapshotSource& source) {
    const std::string ns = Namespace();
    namespaces_.insert(ns);
    source.AddNamespace(ns);
  }
  void RemoveNamespace(SnapshotSource& source) {
    const std::string ns = Namespace();
    namespaces_.erase(ns);
    source.RemoveNamespace(ns);
  }

  std::mt19937 random_;
  Services services_;
  std::set<std::string> namespaces_;
};

}  // namespace ordinal::dns::testing

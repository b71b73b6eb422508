// Snapshot: everything the DNS server knows, immutable. Built by SnapshotBuilder on the control thread, read by all
// DNS threads at once.
//
// Names and records follow the Kubernetes DNS specification 1.1.0:
//
//   <zone>                                     SOA
//   dns-version.<zone>                         TXT "1.1.0"
//   <ns>.svc.<zone>                            exists
//   <svc>.<ns>.svc.<zone>                      A, AAAA, SRV (every port), or CNAME of an ExternalName service
//   _<port>._<proto>.<svc>.<ns>.svc.<zone>     SRV
//   <hostname>.<svc>.<ns>.svc.<zone>           A, AAAA of one endpoint
//   3.0.244.10.in-addr.arpa                    PTR of an endpoint or a cluster address
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/base/result.h"
#include "dns/snapshot/records.h"
#include "dns/wire/name.h"

namespace ordinal::dns {

/// Seconds a client may keep a record. SOA minimum is the same.
inline constexpr uint32_t kRecordTtl = 5;
/// The specification's version does not change while the agent runs.
inline constexpr uint32_t kVersionTtl = 28800;
inline constexpr std::string_view kSpecificationVersion = "1.1.0";

struct PortEntry {
  std::string name = {};      ///< Empty: found by the bare service name only.
  std::string protocol = {};  ///< "tcp", "udp", "sctp".
  uint16_t port = 0;
};

struct EndpointEntry {
  std::string hostname = {};                ///< Empty: each address is named after itself, "10-244-0-3".
  std::vector<std::string> addresses = {};  ///< IPv4 or IPv6 text.
  std::vector<PortEntry> ports = {};        ///< The ports as the endpoint listens on them.
};

struct ServiceEntry {
  std::string ns = {}, name = {};
  bool headless = false;
  std::vector<std::string> cluster_ips = {};  ///< Of a service with cluster addresses.
  std::string external_name = {};             ///< Not empty: an ExternalName service, the rest is ignored.
  std::vector<PortEntry> ports = {};          ///< The service's own ports, for SRV of a service with cluster addresses.
  std::vector<EndpointEntry> endpoints = {};  ///< Only those to be published.
};

class Snapshot {
 public:
  /// A snapshot that knows nothing yet: every question in `zone` and every reverse question is to be answered
  /// SERVFAIL. Null when `zone` is not a domain name (see CheckZone).
  static std::shared_ptr<const Snapshot> NotSynced(std::string_view zone);

  /// kInvalid when `zone` cannot be a cluster domain. For checking the configuration once.
  static Status CheckZone(std::string_view zone);

  bool synced() const { return synced_; }
  /// False while names may exist that are not in it: what is not found is answered SERVFAIL then, never NXDOMAIN, also
  /// when it is the host's resolvers that do not know it (a search list asks for the same name in several spellings).
  bool whole() const { return whole_; }
  uint32_t serial() const { return serial_; }
  const wire::Name& zone() const { return zone_; }  ///< Lower case.
  /// What search lists of pods append to a name: the zone, svc.<zone>, and each namespace's <ns>.svc.<zone>.
  const std::vector<std::string_view>& search() const { return search_; }
  size_t names() const { return nodes_.size(); }

  /// `name` in lower case, wire form. Null: no such name. Lock-free, does not allocate.
  const Node* Find(std::string_view name) const {
    const auto found = nodes_.find(name);
    return found == nodes_.end() ? nullptr : &found->second;
  }

 private:
  friend class SnapshotBuilder;
  friend class SnapshotCompiler;
  struct NameHash {
    using is_transparent = void;
    size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };

  Snapshot() = default;

  wire::Name zone_;
  uint32_t serial_ = 0;
  bool synced_ = false;
  bool whole_ = false;
  std::vector<std::string_view> search_;  // into zone_ and nodes_
  std::unordered_map<std::string, Node, NameHash, std::equal_to<>> nodes_;
};

/// Collects services and namespaces, then builds. Used once, on one thread; nothing blocks.
class SnapshotBuilder {
 public:
  void AddNamespace(std::string name) { namespaces_.push_back(std::move(name)); }
  /// Makes the service's namespace exist too. Parts that cannot be named or parsed (a label over 63 bytes, a text
  /// that is not an address) are left out of the snapshot and listed in problems().
  void AddService(ServiceEntry service) { services_.push_back(std::move(service)); }

  /// What is added is not all there is (Snapshot::whole()): kept from an earlier run, and partly out of date.
  void MayLackNames() { whole_ = false; }

  /// The snapshot of everything added. `serial` goes into the SOA record. Null when `zone` is not a domain name.
  std::shared_ptr<const Snapshot> Build(std::string_view zone, uint32_t serial);

  /// What the last Build() left out and why, one line each.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  std::vector<std::string> namespaces_;
  std::vector<ServiceEntry> services_;
  bool whole_ = true;
  std::vector<std::string> problems_;
};

}  // namespace ordinal::dns

// SnapshotCompiler: services → names and drafts → a Snapshot. Used by SnapshotBuilder::Build() only.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "dns/snapshot/draft.h"
#include "dns/snapshot/snapshot.h"

namespace ordinal::dns {

class SnapshotCompiler {
 public:
  SnapshotCompiler(const wire::Name& zone, std::vector<std::string>& problems);

  void AddNamespace(const std::string& name);
  void AddService(const ServiceEntry& service);
  std::shared_ptr<const Snapshot> Finish(uint32_t serial, bool whole);

 private:
  /// The draft of a name in the zone; its ancestors exist from then on too.
  Draft& DraftOf(const wire::Name& name);
  /// The name of a namespace, which exists from then on. Nothing when it cannot be a name.
  std::optional<wire::Name> NamespaceOf(const std::string& name);
  std::optional<wire::Name> ChildOf(const wire::Name& parent, const std::string& label);
  void AddAlias(const wire::Name& owner, const ServiceEntry& service);
  void AddClusterAddresses(const wire::Name& owner, const ServiceEntry& service);
  void AddEndpoint(const wire::Name& owner, const ServiceEntry& service, const EndpointEntry& endpoint);
  void AddPort(const wire::Name& owner, const PortEntry& port, const wire::Name& target);
  void AddAddress(const wire::Name& owner, const Address& address);
  void AddReverse(const Address& address, const wire::Name& owner);
  std::optional<Address> AddressOf(const ServiceEntry& service, const std::string& text);
  void LinkTargets(Node& node);

  wire::Name zone_;
  wire::Name services_;  // svc.<zone>
  std::vector<std::string>& problems_;
  std::unordered_map<std::string, Draft> drafts_;  // by lower-case wire name
  std::vector<std::string> search_;                // see Snapshot::search()
  std::shared_ptr<Snapshot> snapshot_;
};

}  // namespace ordinal::dns

// ServiceCompiler: services → the drafts of their names. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dns/snapshot/block.h"
#include "dns/snapshot/entry.h"
#include "dns/wire/name.h"

namespace ordinal::dns {

/// `label`.`parent` in lower case. Nothing when that cannot be a name, which is then a line of `problems`.
std::optional<wire::Name> NameBelow(const wire::Name& parent, const std::string& label,
                                    std::vector<std::string>& problems);

/// Services whose names are the same but for case are compiled together: they have the names below in common.
class ServiceCompiler {
 public:
  /// `services` is svc.<zone>. What cannot be named or parsed is left out and becomes a line of `problems`.
  ServiceCompiler(const wire::Name& services, std::vector<std::string>& problems)
      : services_(services), problems_(problems) {}

  /// All names of the service, its namespace's not among them.
  void Add(const ServiceEntry& service);
  /// The names of all that was added.
  Drafts Take();

 private:
  /// The draft of a name of the service `owner`; the names between the two exist from then on too.
  Draft& DraftOf(const wire::Name& name, const wire::Name& owner);
  void AddAlias(const wire::Name& owner, const ServiceEntry& service);
  void AddClusterAddresses(const wire::Name& owner, const ServiceEntry& service);
  void AddEndpoint(const wire::Name& owner, const ServiceEntry& service, const EndpointEntry& endpoint);
  /// SRV records of `owner`, and of the port's own name below it.
  void AddPort(const wire::Name& owner, const PortEntry& port, const wire::Name& target);
  void AddAddress(const wire::Name& name, const wire::Name& owner, const Address& address);
  void AddReverse(const Address& address, const wire::Name& owner);
  std::optional<Address> AddressOf(const ServiceEntry& service, const std::string& text);

  const wire::Name& services_;
  std::vector<std::string>& problems_;
  Drafts drafts_;
};

}  // namespace ordinal::dns

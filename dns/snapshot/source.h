// SnapshotSource: what is named now, and the snapshots of it. On the control thread only; nothing blocks.
//
//   SetService … ──> entries by service ──Publish──> block of its names ──> index of all names ──> Snapshot
//                                    those changed   compiled anew       what is touched, copied   shares the rest
//
// Publishing costs what the names of the changed services cost, whatever number of others there is. One thing is made
// whole, and only when a namespace comes to exist or ends: the list of Snapshot::search(), one entry a namespace.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dns/snapshot/entry.h"
#include "dns/snapshot/published_names.h"
#include "dns/snapshot/snapshot.h"

namespace ordinal::dns {

class SnapshotSource {
 public:
  /// `zone` was checked (Snapshot::CheckZone); with one that is no domain name nothing is ever published.
  explicit SnapshotSource(std::string_view zone);
  SnapshotSource(const SnapshotSource&) = delete;
  SnapshotSource& operator=(const SnapshotSource&) = delete;

  /// A namespace exists while it is added or a service is in it; "default" always. Both may be called again.
  void AddNamespace(const std::string& name);
  void RemoveNamespace(const std::string& name);

  /// Takes the place of the service of this namespace and name. One that is equal changes nothing. Parts that cannot
  /// be named or parsed (a label over 63 bytes, a text that is not an address) are left out: see problems().
  void SetService(ServiceEntry service);
  void RemoveService(const std::string& ns, const std::string& name);

  /// Whether the next snapshot may answer otherwise than the last.
  bool changed() const;

  /// The snapshot of what is named now; those before it stay as they are. `serial` goes into the SOA record. With
  /// kNo the names are not all there are (Snapshot::whole()): kept from an earlier run, and partly out of date.
  std::shared_ptr<const Snapshot> Publish(uint32_t serial, Whole whole = Whole::kYes);

  /// What of the changes that the last Publish() made known was left out and why, one line each.
  const std::vector<std::string>& problems() const { return problems_; }

  /// What all Publish() did so far.
  struct Work {
    uint64_t services = 0;     ///< Compiled.
    uint64_t names = 0;        ///< Put in, replaced or taken out.
    uint64_t index_parts = 0;  ///< Made or copied.
  };
  Work work() const { return {compiled_, names_.changes(), names_.parts_made()}; }

 private:
  /// Services of one name (but for case), in order; API objects' names have no upper case, so nearly always one.
  struct Group {
    std::vector<ServiceEntry> services;
    BlockPtr block;
    bool changed = false;
  };
  using Groups = std::unordered_map<std::string, Group>;
  struct Namespace {
    size_t reasons = 0;  ///< Added, and each service in it.
    BlockPtr block;
  };

  void PutBase();
  void Enter(const std::string& ns);
  void Leave(const std::string& ns);
  void Touch(Groups::value_type& group);
  void CompileServices();
  void CompileNamespaces();

  bool usable_ = false;
  wire::Name zone_;
  wire::Name services_;                          ///< svc.<zone>
  std::set<std::string> added_;                  ///< Namespaces, as they are spelled.
  std::map<std::string, Namespace> namespaces_;  ///< By name in lower case.
  Groups groups_;                                ///< By Key().
  std::vector<Groups::value_type*> changed_groups_;
  std::set<std::string> changed_namespaces_;
  std::vector<std::string> noted_, problems_;  ///< Of the next, of the last Publish().
  std::shared_ptr<const SearchList> search_;
  PublishedNames names_;
  uint64_t compiled_ = 0;
  bool published_ = false;
};

}  // namespace ordinal::dns

// Snapshot: everything the DNS server knows, immutable. Made by SnapshotSource on the control thread, read by all
// DNS threads at once. Successive snapshots share what did not change between them.
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

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"
#include "dns/snapshot/name_index.h"
#include "dns/snapshot/records.h"
#include "dns/wire/name.h"

namespace ordinal::dns {

/// Seconds a client may keep a record. SOA minimum is the same.
inline constexpr uint32_t kRecordTtl = 5;
/// The specification's version does not change while the agent runs.
inline constexpr uint32_t kVersionTtl = 28800;
inline constexpr std::string_view kSpecificationVersion = "1.1.0";

/// Whether a snapshot's names are all there are: see Snapshot::whole().
enum class Whole { kNo, kYes };

/// In lower case. kInvalid when `zone` cannot be a cluster domain.
Result<wire::Name> ParseZone(std::string_view zone);

/// See Snapshot::search(). Has its own copy of the names, so that snapshots may share it.
class SearchList {
 public:
  explicit SearchList(const std::vector<std::string_view>& names);
  SearchList(const SearchList&) = delete;
  SearchList& operator=(const SearchList&) = delete;
  const std::vector<std::string_view>& names() const { return names_; }

 private:
  std::string text_;
  std::vector<std::string_view> names_;  // into text_
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
  const std::vector<std::string_view>& search() const { return search_->names(); }
  size_t names() const { return names_.size(); }
  /// Every name, in no order.
  void ForEach(const std::function<void(const Node&)>& see) const { names_.ForEach(see); }

  /// `name` in lower case, wire form. Null: no such name. Lock-free, does not allocate.
  const Node* Find(std::string_view name) const { return names_.Find(name); }

 private:
  friend class SnapshotSource;

  Snapshot() = default;

  wire::Name zone_;
  uint32_t serial_ = 0;
  bool synced_ = false;
  bool whole_ = false;
  std::shared_ptr<const SearchList> search_;
  NameIndex names_;
};

}  // namespace ordinal::dns

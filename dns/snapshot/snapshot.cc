#include "dns/snapshot/snapshot.h"

#include <fmt/format.h>

namespace ordinal::dns {
namespace {

/// A pod's name below the zone needs room: <63>.<63>.<63>.svc.<zone> would fit only into a short zone, but the
/// service and namespace names in use are shorter, so only the zone itself is bounded.
constexpr size_t kMaxZoneSize = 128;

}  // namespace

Result<wire::Name> ParseZone(std::string_view zone) {
  TRY(const wire::Name name, wire::Name::FromText(zone));
  if (name.IsRoot() || name.size() > kMaxZoneSize) {
    return MakeError(ErrorCode::kInvalid,
                     fmt::format("\"{}\" cannot be the cluster domain: it needs 1 to {} bytes, like cluster.local",
                                 zone, kMaxZoneSize - 2));
  }
  return name.Lower();
}

SearchList::SearchList(const std::vector<std::string_view>& names) {
  size_t size = 0;
  for (const std::string_view name : names) size += name.size();
  text_.reserve(size);  // the views stay valid
  names_.reserve(names.size());
  for (const std::string_view name : names) {
    text_ += name;
    names_.push_back(std::string_view(text_).substr(text_.size() - name.size()));
  }
}

Status Snapshot::CheckZone(std::string_view zone) {
  TRY([[maybe_unused]] const wire::Name name, ParseZone(zone));
  return {};
}

std::shared_ptr<const Snapshot> Snapshot::NotSynced(std::string_view zone) {
  const auto name = ParseZone(zone);
  if (!name.ok()) return nullptr;
  std::shared_ptr<Snapshot> snapshot(new Snapshot());
  snapshot->zone_ = *name;
  snapshot->search_ = std::make_shared<const SearchList>(std::vector<std::string_view>{});
  return snapshot;
}

}  // namespace ordinal::dns

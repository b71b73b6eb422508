#include "dns/snapshot/snapshot.h"

#include <fmt/format.h>

#include "dns/snapshot/compiler.h"

namespace ordinal::dns {
namespace {

/// A pod's name below the zone needs room: <63>.<63>.<63>.svc.<zone> would fit only into a short zone, but the
/// service and namespace names in use are shorter, so only the zone itself is bounded.
constexpr size_t kMaxZoneSize = 128;

Result<wire::Name> ParseZone(std::string_view zone) {
  TRY(const wire::Name name, wire::Name::FromText(zone));
  if (name.IsRoot() || name.size() > kMaxZoneSize) {
    return MakeError(ErrorCode::kInvalid,
                     fmt::format("\"{}\" cannot be the cluster domain: it needs 1 to {} bytes, like cluster.local",
                                 zone, kMaxZoneSize - 2));
  }
  return name.Lower();
}

}  // namespace

Status Snapshot::CheckZone(std::string_view zone) {
  TRY([[maybe_unused]] const wire::Name name, ParseZone(zone));
  return {};
}

std::shared_ptr<const Snapshot> Snapshot::NotSynced(std::string_view zone) {
  const auto name = ParseZone(zone);
  if (!name.ok()) return nullptr;
  std::shared_ptr<Snapshot> snapshot(new Snapshot());
  snapshot->zone_ = *name;
  return snapshot;
}

std::shared_ptr<const Snapshot> SnapshotBuilder::Build(std::string_view zone, uint32_t serial) {
  problems_.clear();
  const auto name = ParseZone(zone);
  if (!name.ok()) return nullptr;
  SnapshotCompiler compiler(*name, problems_);
  for (const std::string& ns : namespaces_) compiler.AddNamespace(ns);
  for (const ServiceEntry& service : services_) compiler.AddService(service);
  return compiler.Finish(serial, whole_);
}

}  // namespace ordinal::dns

// From services and their endpoint slices to what DNS answers. Pure.
//
//   Service + EndpointSlices ──EntryOf──> dns::ServiceEntry ──dns::SnapshotSource──> dns::Snapshot
//
// Published are endpoints that are ready and stay (DNS specification 1.1.0, section 2.4). With publishNotReadyAddresses
// all are, terminating ones too until their pod is gone: the service's own slices call them ready all the while.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/endpoint_slice/view.h"
#include "agent/api/kinds/service/view.h"
#include "agent/api/ref.h"
#include "dns/snapshot/entry.h"
#include "dns/snapshot/snapshot.h"

namespace ordinal::names {

struct Names {
  std::vector<std::string> namespaces;
  api::Refs<api::Service> services;
  api::Refs<api::EndpointSlice> slices;
};

struct Built {
  std::shared_ptr<const dns::Snapshot> snapshot;
  std::vector<std::string> problems;  ///< parts that cannot be named, one line each
};

using dns::Whole;

/// What DNS is to answer of `service`; `slices` are those of this service, in the order that their addresses are to
/// have. Nothing for a service that waits for its cluster address: it has no name yet.
std::optional<dns::ServiceEntry> EntryOf(const api::Service& service,
                                         const std::vector<const api::EndpointSlice*>& slices);

/// All of `names` at once. `zone` was checked (dns::Snapshot::CheckZone). The namespace "default" always exists.
Built SnapshotOf(const Names& names, const std::string& zone, uint32_t serial, Whole whole = Whole::kYes);

}  // namespace ordinal::names

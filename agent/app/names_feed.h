// NamesFeed: keeps the DNS server's snapshot current with services, endpoint slices and namespaces. Part of the
// composition root: it joins the caches with names/ and dns/, which do not know each other. A change costs what the
// services it touches have of names (dns/snapshot/source.h).
#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>

#include "agent/names/snapshot_of.h"
#include "agent/objects/caches.h"
#include "agent/observe/pod_state.h"
#include "dns/snapshot/source.h"

namespace ordinal {

class NamesFeed {
 public:
  /// Called with the newest snapshot whenever something about the names was looked at; it may be the one before.
  using Publish = std::function<void(std::shared_ptr<const dns::Snapshot>)>;

  /// Build before the caches run.
  NamesFeed(Executor executor, Clock& clock, objects::Caches& caches, const observe::PodStates& states,
            const std::string& zone, Publish publish);

  /// Publishes the first snapshot, then one after each change. Called when all that is known is known, what the runtime
  /// runs too: until then DNS says SERVFAIL. Addresses of pods that the runtime did not bring over a reboot of the host
  /// are left out from then on, until their pods have them again: the stored status lags behind, and another pod may
  /// have got the address.
  void Begin();
  /// What the runtime runs of this pod changed.
  void PodChanged(const std::string& uid);

  bool published() const { return published_; }
  /// What is named now.
  names::Names Collect() const;

 private:
  using Service = std::pair<std::string, std::string>;  ///< namespace, name

  void Changed(const Service& service);
  void Changed();
  void Build();
  void Name(const Service& service);
  void NoteLost();
  bool Lost(const api::Endpoint& endpoint) const;
  void ForgetFound();
  void ChangedOf(const std::string& uid);
  bool Lives(const api::Endpoint& endpoint) const;

  Executor executor_;
  Clock& clock_;
  objects::Cache<api::Service>& services_;
  objects::Cache<api::EndpointSlice>& slices_;
  objects::Cache<api::Plain>& namespaces_;
  const objects::Index<api::EndpointSlice>& slices_by_service_;
  const objects::Index<api::EndpointSlice>& slices_by_pod_;
  const observe::PodStates& states_;
  Publish publish_;
  dns::SnapshotSource source_;
  std::shared_ptr<const dns::Snapshot> snapshot_;  ///< the last one
  std::set<Service> changed_;
  std::set<std::string> lost_;  ///< uids of pods that were named when this run began, and do not run
  bool begun_ = false, due_ = false, published_ = false;
};

}  // namespace ordinal

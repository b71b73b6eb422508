// NamesFeed: keeps the DNS server's snapshot current with services, endpoint slices and namespaces. Part of the
// composition root: it joins the store's caches with names/ and dns/, which do not know each other.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "agent/names/snapshot_of.h"
#include "agent/objects/caches.h"
#include "cri/pod_state.h"
#include "dns/snapshot/snapshot.h"

namespace ordinal {

class NamesFeed {
 public:
  using Publish = std::function<void(std::shared_ptr<const dns::Snapshot>)>;

  /// Build before the caches run.
  NamesFeed(Executor executor, Clock& clock, objects::Caches& caches, const cri::PodStates& states, std::string zone,
            Publish publish);

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
  void Changed();
  void Build();
  void NoteLost();
  bool Lives(const api::Endpoint& endpoint) const;

  Executor executor_;
  Clock& clock_;
  objects::Cache<api::Service>& services_;
  objects::Cache<api::EndpointSlice>& slices_;
  objects::Cache<api::Plain>& namespaces_;
  const cri::PodStates& states_;
  const std::string zone_;
  Publish publish_;
  std::set<std::string> lost_;  ///< uids of pods that were named when this run began, and do not run
  bool begun_ = false, due_ = false, published_ = false;
};

}  // namespace ordinal

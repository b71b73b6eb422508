// NamesFeed: keeps the DNS server's snapshot current with services, endpoint slices and namespaces. Part of the
// composition root: it joins the store's caches with names/ and dns/, which do not know each other.
#pragma once

#include <functional>
#include <string>

#include "agent/store/cache.h"
#include "dns/snapshot/snapshot.h"

namespace ordinal {

class NamesFeed {
 public:
  struct Caches {
    store::Cache& services;
    store::Cache& slices;
    store::Cache& namespaces;
  };
  using Publish = std::function<void(std::shared_ptr<const dns::Snapshot>)>;

  /// Build before the caches run.
  NamesFeed(Executor executor, Clock& clock, Caches caches, std::string zone, Publish publish);

  /// Publishes the first snapshot, then one after each change. Called when all that is known is known: until then
  /// DNS says SERVFAIL.
  void Begin();

  bool published() const { return published_; }

 private:
  void Changed();
  void Build();

  Executor executor_;
  Clock& clock_;
  Caches caches_;
  const std::string zone_;
  Publish publish_;
  bool begun_ = false, due_ = false, published_ = false;
};

}  // namespace ordinal

#include "agent/objects/caches.h"

#include "agent/api/deployment.h"
#include "agent/api/node.h"
#include "agent/api/pod.h"
#include "agent/api/replica_set.h"
#include "agent/api/service.h"
#include "agent/api/stateful_set.h"
#include "agent/api/volume.h"

namespace ordinal::objects {
namespace {

template <class... T>
struct Views {
  /// The cache of `kind` when it is the kind of one of the views; null for others.
  static std::shared_ptr<AnyCache> Make(store::ObjectReader& store, Clock& clock, const std::string& kind) {
    std::shared_ptr<AnyCache> made;
    ((kind == T::kKind ? void(made = std::make_shared<Cache<T>>(store, clock, kind)) : void()), ...);
    return made;
  }
};

/// A line a kind that somebody reads more of than its document.
using Typed = Views<api::ControllerRevision,     //
                    api::Deployment,             //
                    api::EndpointSlice,          //
                    api::Node,                   //
                    api::PersistentVolume,       //
                    api::PersistentVolumeClaim,  //
                    api::Pod,                    //
                    api::ReplicaSet,             //
                    api::Service,                //
                    api::StatefulSet,            //
                    api::StorageClass>;

}  // namespace

AnyCache& Caches::Of(const std::string& kind) {
  std::shared_ptr<AnyCache>& cache = caches_[kind];
  if (!cache) cache = Typed::Make(store_, clock_, kind);
  if (!cache) cache = std::make_shared<Cache<api::Plain>>(store_, clock_, kind);
  return *cache;
}

Cache<api::Plain>& Caches::PlainOf(const std::string& kind) { return static_cast<Cache<api::Plain>&>(Of(kind)); }

void Caches::Start(const Executor& executor) const {
  for (const auto& [kind, cache] : caches_) Spawn(executor, "cache of " + kind, cache->Run());
}

Task<void> Caches::WaitSynced() const {
  for (const auto& [kind, cache] : caches_) co_await cache->WaitSynced();
}

void Caches::Take(const Object& written) const {
  const auto cache = caches_.find(written.kind());
  if (cache != caches_.end()) cache->second->Take(written);
}

void Caches::TakeGone(const Object& last) const {
  const auto cache = caches_.find(last.kind());
  if (cache != caches_.end()) cache->second->TakeGone(last);
}

}  // namespace ordinal::objects

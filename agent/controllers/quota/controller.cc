#include "agent/controllers/quota/controller.h"

#include <utility>

#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"
#include "agent/controllers/owner_writes.h"

namespace ordinal::controllers::quota {

using api::Json;
using api::ResourceQuota;

Controller::Controller(Context context, objects::Caches& caches)
    : context_(std::move(context)),
      quotas_(caches.Of<ResourceQuota>()),
      queue_(context_.executor, context_.clock, "quota") {
  quotas_.OnChange(
      [this](const objects::Change<ResourceQuota>& change) { queue_.Add(QueueKey(change.last()->object)); });
  for (const api::KindInfo* info : api::AllKinds()) {
    if (!info->namespaced) continue;
    caches.WhateverView(std::string(info->kind), [this, info](objects::AnyCache& cache) {
      kinds_.emplace(cache.kind(), &cache);
      cache.OnObject([this, info](const api::Object& old, const api::Object& now) { OnObject(*info, old, now); });
    });
  }
  queue_.OnException(SayFailedPass(context_.recorder, quotas_));
}

void Controller::OnObject(const api::KindInfo& kind, const api::Object& old, const api::Object& now) {
  if (quotas_.size() == 0) return;
  static const Json kNone;
  const std::string& ns = now.empty() ? old.ns() : now.ns();
  quotas_.ForEach(ns, [&](const ResourceQuota& quota) {
    const bool matters = quota.Counts(kind) && Matters(quota, kind, old.empty() ? kNone : old.body(),
                                                       now.empty() ? kNone : now.body(), context_.clock.Now());
    if (matters) queue_.Add(QueueKey(quota.object));
  });
}

Task<void> Controller::Run() {
  co_await quotas_.WaitSynced();
  for (const auto& [kind, cache] : kinds_) co_await cache->WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  const api::Ref<ResourceQuota> quota = quotas_.Find(ns, name);
  if (!quota || quota->meta.deleting()) co_return Status();
  queue_.AddAfter(key, kResync);
  const VisitObjects visit = [this, &quota](const api::KindInfo& kind, const auto& each) {
    const auto cache = kinds_.find(std::string(kind.kind));
    if (cache != kinds_.end()) cache->second->ForEachObject(quota->meta.ns, each);
  };
  Json status = StatusOf(*quota, visit, context_.clock.Now());
  co_return co_await WriteStatus(context_, quota->object, std::move(status));
}

}  // namespace ordinal::controllers::quota

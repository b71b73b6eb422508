#include "agent/controllers/quota/controller.h"

#include <algorithm>
#include <utility>

#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"
#include "agent/controllers/owner_writes.h"

namespace ordinal::controllers::quota {

using api::Json;
using api::ResourceQuota;

Controller::Controller(Context context, objects::Caches& caches)
    : context_(std::move(context)),
      caches_(caches),
      quotas_(caches.Of<ResourceQuota>()),
      queue_(context_.executor, context_.clock, "quota") {
  quotas_.OnChange(
      [this](const objects::Change<ResourceQuota>& change) { queue_.Add(QueueKey(change.last()->object)); });
  for (const api::KindInfo* info : api::AllKinds()) {
    if (!info->namespaced || info->custom != nullptr) continue;
    caches.WhateverView(std::string(info->kind), [this](objects::AnyCache& cache) { Follow(cache); });
  }
  caches.EveryCustom([this](objects::AnyCache& cache) { Follow(cache); });
  caches.OnForgotten([this](const std::string& kind) { OnForgotten(kind); });
  queue_.OnException(SayFailedPass(context_.recorder, quotas_));
}

/// What is known of a custom kind changes with its definition, so it is looked up for each object.
void Controller::Follow(objects::AnyCache& cache) {
  kinds_[cache.kind()] = &cache;
  cache.OnObject([this, key = cache.kind()](const api::Object& old, const api::Object& now) {
    const api::KindInfo* info = api::FindKind(key);
    if (info != nullptr && info->namespaced) OnObject(*info, old, now);
  });
}

/// Its objects went with it.
void Controller::OnForgotten(const std::string& kind) {
  kinds_.erase(kind);
  quotas_.ForEach("", [this](const api::Ref<ResourceQuota>& quota) { queue_.Add(QueueKey(quota->object)); });
}

/// Of custom kinds; those of built-in ones are waited for before anything is counted.
bool Controller::HasAllOf(const ResourceQuota& quota) const {
  return std::all_of(kinds_.begin(), kinds_.end(), [&](const auto& each) {
    const api::KindInfo* info = each.second->Synced() ? nullptr : api::FindKind(each.first);
    return info == nullptr || !quota.Counts(*info);
  });
}

void Controller::OnObject(const api::KindInfo& kind, const api::Object& old, const api::Object& now) {
  if (quotas_.size() == 0) return;
  static const Json kNone;
  const std::string& ns = now.empty() ? old.ns() : now.ns();
  quotas_.ForEach(ns, [&](const ResourceQuota& quota) {
    const bool matters =
        Matters(quota, kind, old.empty() ? kNone : old.body(), now.empty() ? kNone : now.body(), context_.clock.Now());
    if (matters) queue_.Add(QueueKey(quota.object));
  });
}

Task<void> Controller::Run() {
  co_await quotas_.WaitSynced();
  co_await caches_.WaitSynced();  // those of custom kinds come and go
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  const api::Ref<ResourceQuota> quota = quotas_.Find(ns, name);
  if (!quota || quota->meta.deleting()) co_return Status();
  const bool all_known = HasAllOf(*quota);
  queue_.AddAfter(key, all_known ? kResync : kUntilSynced);
  if (!all_known) co_return Status();
  const VisitObjects visit = [this, &quota](const api::KindInfo& kind, const auto& each) {
    const auto cache = kinds_.find(std::string(api::KeyOf(kind)));
    if (cache != kinds_.end()) cache->second->ForEachObject(quota->meta.ns, each);
  };
  Json status = StatusOf(*quota, visit, context_.clock.Now());
  co_return co_await WriteStatus(context_, quota->object, std::move(status));
}

}  // namespace ordinal::controllers::quota

#include "agent/objects/caches.h"

#include <cstdlib>

#include "agent/base/log.h"

namespace ordinal::objects {

void Caches::Expect(bool holds, const std::string& fault) {
  if (holds) return;
  log::Error("{}", fault);
  std::abort();
}

void Caches::WhateverView(std::string kind, std::function<void(AnyCache&)> use) {
  Expect(!started_, "the cache of " + kind + " is asked for after the start");
  whatever_.emplace_back(std::move(kind), std::move(use));
}

void Caches::Start(const Executor& executor) {
  for (const auto& [kind, use] : whatever_) {
    std::shared_ptr<AnyCache>& cache = caches_[kind];
    if (!cache) cache = std::make_shared<Cache<api::Plain>>(store_, clock_, kind);
    use(*cache);
  }
  whatever_.clear();
  started_ = true;
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

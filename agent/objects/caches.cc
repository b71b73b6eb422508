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
  executor_ = executor;
  for (const auto& [kind, cache] : caches_) {
    if (!followed_.contains(kind)) Spawn(executor, "cache of " + kind, cache->Run());
  }
  for (auto& [kind, scope] : followed_) RunFollowed(kind, scope);
}

void Caches::Follow(const std::string& kind) {
  std::shared_ptr<AnyCache>& cache = caches_[kind];
  if (cache) return;
  cache = std::make_shared<Cache<api::Plain>>(store_, clock_, kind);
  for (const auto& use : custom_) use(*cache);
  std::unique_ptr<Scope>& scope = followed_[kind];
  if (executor_) RunFollowed(kind, scope);
}

void Caches::RunFollowed(const std::string& kind, std::unique_ptr<Scope>& scope) {
  scope = std::make_unique<Scope>(*executor_);
  scope->Spawn("cache of " + kind, caches_.at(kind)->Run());
}

void Caches::Forget(const std::string& kind) {
  if (followed_.erase(kind) == 0) return;
  caches_.erase(kind);
  for (const auto& forgotten : forgotten_) forgotten(kind);
}

Task<void> Caches::WaitSynced() const {
  std::vector<std::shared_ptr<AnyCache>> all;  // those of custom kinds come and go
  for (const auto& [kind, cache] : caches_) {
    if (!followed_.contains(kind)) all.push_back(cache);
  }
  for (const std::shared_ptr<AnyCache>& cache : all) co_await cache->WaitSynced();
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

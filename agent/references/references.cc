#include "agent/references/references.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "agent/api/plain.h"
#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/base/scope.h"
#include "agent/objects/cache.h"

namespace ordinal::references {

/// One object: a cache that holds it alone, and who uses it.
class References::Entry {
 public:
  Entry(References& owner, const ObjectKey& key)
      : cache_(std::make_shared<objects::Cache<api::Plain>>(owner.objects_, owner.clock_, key.kind, Only(key))),
        run_(owner.executor_) {}

  void Start(References& owner, const std::shared_ptr<Entry>& self) {
    // The cache may outlive the entry by the end of its watch.
    const auto told = [weak = std::weak_ptr<Entry>(self), &owner](const objects::Change<api::Plain>& change) {
      const auto entry = weak.lock();
      if (!entry) return;
      entry->config_ = change.now ? std::make_shared<const Config>(Config::From(change.now->object)) : nullptr;
      if (entry->known_) owner.Tell(*entry);
    };
    cache_->OnChange(told);
    run_.Spawn("cache of one " + cache_->kind(), cache_->Run());
    run_.Spawn("first read of one " + cache_->kind(), BecomeKnown(self, owner, cache_));
  }

  Found found() const { return {known_, config_}; }
  std::set<std::string> users;

 private:
  static store::ListOptions Only(const ObjectKey& key) {
    store::ListOptions options;
    options.ns = key.ns;
    options.fields.RequireName(key.name);
    return options;
  }

  static Task<void> BecomeKnown(std::weak_ptr<Entry> weak, References& owner,
                                std::shared_ptr<objects::AnyCache> cache) {
    co_await cache->WaitSynced();
    const auto entry = weak.lock();
    if (!entry || !cache->Synced()) co_return;
    entry->known_ = true;
    const Status told = CaughtCall([&] { owner.Tell(*entry); });
    if (!told.ok()) log::Error("telling of a first read {}", told.error().message);
  }

  std::shared_ptr<objects::Cache<api::Plain>> cache_;
  Scope run_;
  bool known_ = false;
  ConfigRef config_;
};

References::References(store::ObjectReader& objects, Clock& clock, Executor executor)
    : objects_(objects), clock_(clock), executor_(std::move(executor)) {}

References::~References() = default;

void References::Use(const std::string& user, const std::set<ObjectKey>& keys) {
  const auto before = used_.find(user);
  if (before == used_.end() ? keys.empty() : before->second == keys) return;
  const std::set<ObjectKey> old = std::exchange(used_[user], keys);
  if (keys.empty()) used_.erase(user);
  for (const ObjectKey& key : old) {
    if (!keys.contains(key)) Drop(user, key);
  }
  // Who is told of the first one may use others from then on: all are in place before any is begun.
  std::vector<std::shared_ptr<Entry>> fresh;
  for (const ObjectKey& key : keys) {
    std::shared_ptr<Entry>& entry = entries_[key];
    if (!entry) fresh.emplace_back(entry = std::make_shared<Entry>(*this, key));
    entry->users.insert(user);
  }
  for (const std::shared_ptr<Entry>& entry : fresh) entry->Start(*this, entry);
}

void References::Drop(const std::string& user, const ObjectKey& key) {
  const auto entry = entries_.find(key);
  entry->second->users.erase(user);
  if (entry->second->users.empty()) entries_.erase(entry);
}

Found References::Find(const ObjectKey& key) const {
  const auto entry = entries_.find(key);
  return entry == entries_.end() ? Found() : entry->second->found();
}

bool References::Known(const std::string& user) const {
  const auto used = used_.find(user);
  return used == used_.end() || std::all_of(used->second.begin(), used->second.end(),
                                            [this](const ObjectKey& key) { return Find(key).known; });
}

void References::Tell(const Entry& entry) {
  if (!changed_) return;
  const std::set<std::string> users = entry.users;  // who is told may stop using it
  for (const std::string& user : users) changed_(user);
}

}  // namespace ordinal::references

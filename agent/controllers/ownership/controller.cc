#include "agent/controllers/ownership/controller.h"

#include <utility>

#include "agent/api/kind.h"
#include "agent/base/log.h"

namespace ordinal::controllers::ownership {
namespace {

using api::ObjectKey;
using store::EventType;
using store::WatchEvent;

// Kind, namespace and name: "Pod/default/kubia-0".
std::string KeyText(const ObjectKey& key) { return key.kind + "/" + key.ns + "/" + key.name; }

ObjectKey ParseKey(const std::string& text) {
  const size_t first = text.find('/');
  const size_t second = text.find('/', first + 1);
  return {text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

/// An owner lives in the dependent's namespace, or in none.
ObjectKey OwnerKey(const std::string& ns, const api::OwnerReference& owner) {
  const api::KindInfo* kind = api::FindKind(owner.kind);
  return {owner.kind, kind != nullptr && !kind->namespaced ? std::string() : ns, owner.name};
}

}  // namespace

Controller::Controller(Context context, Caches caches)
    : context_(std::move(context)), caches_(std::move(caches)), queue_(context_.executor, context_.clock, "ownership") {
  for (const auto& [kind, cache] : caches_) {
    cache->OnChange([this](const WatchEvent& event) { OnChange(event); });
  }
}

void Controller::OnChange(const WatchEvent& event) {
  const ObjectKey& key = event.object.key();
  if (!event.old.empty()) {
    for (const api::OwnerReference& owner : api::ReadMeta(event.old.body()).owners) {
      const auto found = dependents_.find(owner.uid);
      if (found != dependents_.end() && found->second.erase(key) > 0 && found->second.empty()) dependents_.erase(found);
    }
  }
  if (event.type == EventType::kDeleted) {
    const auto found = dependents_.find(event.object.uid());
    if (found == dependents_.end()) return;
    for (const ObjectKey& dependent : found->second) queue_.Add(KeyText(dependent));
    return;
  }
  const api::Meta meta = api::ReadMeta(event.object.body());
  for (const api::OwnerReference& owner : meta.owners) {
    dependents_[owner.uid].insert(key);
    // Asked too often while the caches fill: Sync() reads everything afresh before it acts.
    if (Seen(meta.ns, owner) == OwnerState::kAbsent) queue_.Add(KeyText(key));
  }
}

Task<void> Controller::Run() {
  for (const auto& [kind, cache] : caches_) co_await cache->WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

OwnerState Controller::Seen(const std::string& ns, const api::OwnerReference& owner) const {
  const auto cache = caches_.find(owner.kind);
  if (cache == caches_.end()) return OwnerState::kUnknown;
  const ObjectKey key = OwnerKey(ns, owner);
  const api::Object* found = cache->second->Find(key.ns, key.name);
  return found != nullptr && found->uid() == owner.uid ? OwnerState::kPresent : OwnerState::kAbsent;
}

Task<Result<OwnerState>> Controller::Read(std::string ns, api::OwnerReference owner) {
  if (!caches_.contains(owner.kind)) co_return OwnerState::kUnknown;
  ObjectKey key = OwnerKey(ns, owner);
  const auto found = co_await context_.door.store().Get(std::move(key));
  if (found.ok()) co_return found->uid() == owner.uid ? OwnerState::kPresent : OwnerState::kAbsent;
  if (found.error().code == ErrorCode::kNotFound) co_return OwnerState::kAbsent;
  co_return found.error();
}

Task<Status> Controller::Sync(std::string key) {
  ObjectKey object_key = ParseKey(key);
  const auto dependent = co_await context_.door.store().Get(object_key);
  if (!dependent.ok()) {
    if (dependent.error().code == ErrorCode::kNotFound) co_return Status();
    co_return dependent.error();
  }
  const api::Meta meta = api::ReadMeta(dependent->body());
  std::map<std::string, OwnerState> states;
  for (const api::OwnerReference& owner : meta.owners) {
    CO_TRY(const OwnerState state, co_await Read(meta.ns, owner));
    states[owner.uid] = state;
  }
  const bool orphaned =
      Orphaned(meta, [&](const std::string&, const api::OwnerReference& owner) { return states.at(owner.uid); });
  if (!orphaned) co_return Status();

  log::Info("{}: its owners are gone, deleting it", api::ToString(object_key));
  store::DeleteOptions options;
  options.preconditions.uid = dependent->uid();
  // An owner added or taken away since is another revision, and the deletion is refused.
  options.preconditions.revision = dependent->revision();
  const auto deleted = co_await context_.door.Delete(std::move(object_key), std::move(options));
  if (deleted.ok() || deleted.error().code == ErrorCode::kNotFound) co_return Status();
  co_return deleted.error();
}

}  // namespace ordinal::controllers::ownership

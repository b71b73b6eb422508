#include "agent/controllers/ownership/controller.h"

#include <algorithm>
#include <utility>

#include "agent/api/kind.h"
#include "agent/base/log.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/owner_writes.h"

namespace ordinal::controllers::ownership {
namespace {

using api::Json;
using api::ObjectKey;

// Kind, namespace and name: "Pod/default/kubia-0".
std::string KeyText(const ObjectKey& key) { return key.kind + "/" + key.ns + "/" + key.name; }

ObjectKey ParseKey(const std::string& text) {
  const size_t first = text.find('/');
  const size_t second = text.find('/', first + 1);
  return {text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

/// An owner lives in the dependent's namespace, or in none.
ObjectKey OwnerKey(const std::string& ns, const api::OwnerReference& owner) {
  std::string key = api::StoreKind(owner.api_version, owner.kind);
  const api::KindInfo* kind = api::FindKind(key);
  return {std::move(key), kind != nullptr && !kind->namespaced ? std::string() : ns, owner.name};
}

/// Nothing changed that this controller reads of an object.
bool SameBonds(const api::Object& a, const api::Object& b) {
  const Json& before = api::Member(a.body(), "metadata");
  const Json& after = api::Member(b.body(), "metadata");
  const auto same = [&](const char* member) { return api::Member(before, member) == api::Member(after, member); };
  return a.uid() == b.uid() && same("ownerReferences") && same("deletionTimestamp") && same("finalizers");
}

OwnerState StateOf(const api::Object& found, const api::OwnerReference& owner) {
  if (found.uid() != owner.uid) return OwnerState::kAbsent;
  return api::Deleting(found.body()) && Waits(api::ReadMeta(found.body())) ? OwnerState::kWaiting
                                                                           : OwnerState::kPresent;
}

Task<Status> DropOwners(Context& context, api::Object dependent, std::vector<std::string> uids) {
  std::function<void(Json&)> change = [uids = std::move(uids)](Json& body) {
    Json kept = Json::array();
    for (const Json& owner : api::Member(body["metadata"], "ownerReferences")) {
      const std::string uid = api::ReadString(owner, "uid");
      if (std::find(uids.begin(), uids.end(), uid) == uids.end()) kept.push_back(owner);
    }
    body["metadata"]["ownerReferences"] = std::move(kept);
    if (body["metadata"]["ownerReferences"].empty()) body["metadata"].erase("ownerReferences");
  };
  co_return co_await Edit(context, dependent.key(), dependent.uid(), std::move(change));
}

}  // namespace

Controller::Controller(Context context, objects::Caches& caches)
    : context_(std::move(context)), caches_(caches), queue_(context_.executor, context_.clock, "ownership") {
  const auto follow = [this](objects::AnyCache& cache) {
    kinds_[cache.kind()] = &cache;
    cache.OnObject([this](const api::Object& old, const api::Object& now) { OnChange(old, now); });
  };
  for (const api::KindInfo* info : api::AllKinds()) {
    if (info->custom == nullptr) caches.WhateverView(std::string(info->kind), follow);
  }
  caches.EveryCustom(follow);
  caches.OnForgotten([this](const std::string& kind) { kinds_.erase(kind); });
  queue_.OnException([this](const std::string& text, const Error& error) {
    const ObjectKey key = ParseKey(text);
    const auto cache = kinds_.find(key.kind);
    const api::Object* found = cache == kinds_.end() ? nullptr : cache->second->FindObject(key.ns, key.name);
    if (found != nullptr) SayFailedPass(context_.recorder, *found, error);
  });
}

/// Most changes concern nobody's owners: those cost a comparison.
void Controller::OnChange(const api::Object& old, const api::Object& now) {
  if (!old.empty() && !now.empty() && SameBonds(old, now)) return;
  if (!old.empty()) Forget(old);
  if (now.empty()) return AddDependents(old.uid());
  const ObjectKey& key = now.key();
  const api::Meta meta = api::ReadMeta(now.body());
  OnOwners(key, meta);
  if (!meta.deleting()) return;
  if (HasFinalizer(meta, kOrphan) || HasFinalizer(meta, kForeground)) queue_.Add(KeyText(key));
  if (Waits(meta)) AddDependents(meta.uid);
}

/// Takes an earlier state of an object out of the books; an owner that waits for it looks again.
void Controller::Forget(const api::Object& object) {
  const api::Meta meta = api::ReadMeta(object.body());
  for (const api::OwnerReference& owner : meta.owners) {
    const auto found = dependents_.find(owner.uid);
    if (found == dependents_.end()) continue;
    found->second.erase(object.key());
    if (found->second.empty()) dependents_.erase(found);
    if (Seen(meta.ns, owner) == OwnerState::kWaiting) queue_.Add(KeyText(OwnerKey(meta.ns, owner)));
  }
}

void Controller::OnOwners(const ObjectKey& key, const api::Meta& meta) {
  for (const api::OwnerReference& owner : meta.owners) {
    dependents_[owner.uid].insert(key);
    const OwnerState state = Seen(meta.ns, owner);
    // Asked too often while the caches fill: Sync() reads everything afresh before it acts.
    if (state == OwnerState::kAbsent || state == OwnerState::kWaiting) queue_.Add(KeyText(key));
  }
}

void Controller::AddDependents(const std::string& owner_uid) {
  const auto found = dependents_.find(owner_uid);
  if (found == dependents_.end()) return;
  for (const ObjectKey& dependent : found->second) queue_.Add(KeyText(dependent));
}

Task<void> Controller::Run() {
  co_await caches_.WaitSynced();  // those of custom kinds come and go
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

/// Of built-in and of custom kinds: of these some may come at any time.
bool Controller::KnowsAll() const {
  return std::all_of(kinds_.begin(), kinds_.end(), [](const auto& kind) { return kind.second->Synced(); });
}

/// Whether an owner can be told to be there or not. Not one of another group that happens to have a known kind's name,
/// and not one in a namespace when the dependent is in none: nobody knows in which.
bool Controller::Follows(const std::string& ns, const api::OwnerReference& owner) const {
  if (!kinds_.contains(api::StoreKind(owner.api_version, owner.kind))) return false;
  const auto kind = api::FindKind(owner.api_version, owner.kind);
  return kind.ok() && !((*kind)->namespaced && ns.empty());
}

OwnerState Controller::Seen(const std::string& ns, const api::OwnerReference& owner) const {
  if (!Follows(ns, owner)) return OwnerState::kUnknown;
  const ObjectKey key = OwnerKey(ns, owner);
  const api::Object* found = kinds_.at(key.kind)->FindObject(key.ns, key.name);
  return found != nullptr ? StateOf(*found, owner) : OwnerState::kAbsent;
}

Task<Result<OwnerState>> Controller::Read(std::string ns, api::OwnerReference owner) {
  if (!Follows(ns, owner)) co_return OwnerState::kUnknown;
  ObjectKey key = OwnerKey(ns, owner);
  const auto found = co_await context_.client.Get(std::move(key));
  if (found.ok()) co_return StateOf(*found, owner);
  if (found.error().code == ErrorCode::kNotFound) co_return OwnerState::kAbsent;
  co_return found.error();
}

Task<Status> Controller::Sync(std::string key) {
  ObjectKey object_key = ParseKey(key);
  const auto found = co_await context_.client.Get(std::move(object_key));
  if (!found.ok()) co_return Settled(found.error());
  const api::Meta meta = api::ReadMeta(found->body());
  if (!meta.deleting()) co_return co_await JudgeOne(*found);
  // What it owns may be of a kind whose objects are not known yet: it would be deleted where it has to be orphaned.
  if (!KnowsAll()) {
    queue_.AddAfter(key, kUntilAllKnown);
    co_return Status();
  }
  if (HasFinalizer(meta, kOrphan)) CO_TRYV(co_await Orphan(*found));
  if (HasFinalizer(meta, kForeground)) CO_TRYV(co_await WaitForOwned(*found));
  co_return Status();
}

Task<Status> Controller::JudgeOne(api::Object dependent) {
  const api::Meta meta = api::ReadMeta(dependent.body());
  std::map<std::string, OwnerState> states;
  for (const api::OwnerReference& owner : meta.owners) {
    CO_TRY(const OwnerState state, co_await Read(meta.ns, owner));
    states[owner.uid] = state;
  }
  const FindOwner find_owner = [&states](const std::string&, const api::OwnerReference& owner) {
    return states.at(owner.uid);
  };
  const Verdict verdict = Judge(meta, find_owner, dependents_.contains(meta.uid));
  switch (verdict.kind) {
    case Verdict::Kind::kKeep: break;
    case Verdict::Kind::kForget: co_return co_await DropOwners(context_, dependent, verdict.forget);
    case Verdict::Kind::kDelete: co_return co_await Delete(dependent, /*foreground=*/false);
    case Verdict::Kind::kDeleteForeground: co_return co_await Delete(dependent, /*foreground=*/true);
  }
  co_return Status();
}

Task<Status> Controller::Delete(api::Object dependent, bool foreground) {
  log::Info("{}: its owners are gone or going, deleting it", api::ToString(dependent.key()));
  objects::DeleteOptions options;
  options.preconditions.uid = dependent.uid();
  // An owner added or taken away since is another revision, and the deletion is refused.
  options.preconditions.revision = dependent.revision();
  if (foreground) options.propagation = objects::Propagation::kForeground;
  const auto deleted = co_await context_.client.Delete(dependent.key(), std::move(options));
  if (deleted.ok() || deleted.error().code == ErrorCode::kNotFound) co_return Status();
  co_return deleted.error();
}

Task<Result<std::vector<api::Object>>> Controller::Owned(api::Object owner) {
  std::vector<api::Object> owned;
  const auto found = dependents_.find(owner.uid());
  if (found == dependents_.end()) co_return owned;
  const std::set<ObjectKey> keys = found->second;
  for (const ObjectKey& key : keys) {
    auto object = co_await context_.client.Get(key);
    if (!object.ok() && object.error().code == ErrorCode::kNotFound) continue;
    if (!object.ok()) co_return std::move(object).error();
    const api::Meta meta = api::ReadMeta(object->body());
    const bool its = std::any_of(meta.owners.begin(), meta.owners.end(),
                                 [&](const api::OwnerReference& each) { return each.uid == owner.uid(); });
    if (its) owned.push_back(std::move(*object));
  }
  co_return owned;
}

Task<Status> Controller::Orphan(api::Object owner) {
  CO_TRY(const std::vector<api::Object> owned, co_await Owned(owner));
  const std::vector<std::string> uids{owner.uid()};
  for (const api::Object& object : owned) CO_TRYV(co_await DropOwners(context_, object, uids));
  co_return co_await DropFinalizer(context_, owner.key(), owner.uid(), kOrphan);
}

Task<Status> Controller::WaitForOwned(api::Object owner) {
  const FindBlockers blockers_of = [this](const std::string& uid) { return BlockersOf(uid); };
  if (WaitsInACircle(owner.uid(), blockers_of)) {
    log::Info("{}: what it owns waits for it in turn, letting it go", api::ToString(owner.key()));
    co_return co_await DropFinalizer(context_, owner.key(), owner.uid(), kForeground);
  }
  CO_TRY(const std::vector<api::Object> owned, co_await Owned(owner));
  for (const api::Object& object : owned) {
    // Its end brings the owner back here.
    if (Blocks(api::ReadMeta(object.body()), owner.uid())) co_return Status();
  }
  co_return co_await DropFinalizer(context_, owner.key(), owner.uid(), kForeground);
}

/// As the caches have them: which of a circle goes first is all that depends on it.
std::vector<Blocker> Controller::BlockersOf(const std::string& owner_uid) const {
  std::vector<Blocker> blockers;
  const auto found = dependents_.find(owner_uid);
  if (found == dependents_.end()) return blockers;
  for (const ObjectKey& key : found->second) {
    const auto cache = kinds_.find(key.kind);
    const api::Object* object = cache == kinds_.end() ? nullptr : cache->second->FindObject(key.ns, key.name);
    if (object == nullptr) continue;
    const api::Meta meta = api::ReadMeta(object->body());
    if (Blocks(meta, owner_uid)) blockers.push_back({meta.uid, Waits(meta)});
  }
  return blockers;
}

}  // namespace ordinal::controllers::ownership

// Cache<T>: the objects of one kind as typed views, each made once a revision, with indexes (indexes.h) and change
// notices that have the old view and the new one. What it gives out stays as it is while somebody holds it.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/objects/any_cache.h"
#include "agent/objects/index.h"

namespace ordinal::objects {

/// A change of one object: `old` is none for a new one, `now` for one that went.
template <class T>
struct Change {
  api::Ref<T> old, now;

  bool added() const { return !old; }
  bool deleted() const { return !now; }
  /// As it is now, or was last.
  const api::Ref<T>& last() const { return now ? now : old; }
};

/// T has `static T From(const Object&)`, a member `object`, and, where it stands for one kind, `kKind`. A view has no
/// reference into the document: that rests when nobody looks at it (Object::body).
template <class T>
class Cache final : public AnyCache {
 public:
  using Handler = std::function<void(const Change<T>&)>;

  Cache(store::ObjectReader& store, Clock& clock, std::string kind, store::ListOptions which = {})
      : AnyCache(store, clock, std::move(kind), std::move(which)) {}
  ~Cache() override {
    for (const Slot<T>& slot : slots_) slot.value->object.Release();
  }

  /// Called for every change (and once per object of the first list) after the cache and its indexes hold it. Add
  /// handlers before Run(); an exception in one is logged.
  void OnChange(Handler handler) { handlers_.push_back(std::move(handler)); }

  /// None when it is not there.
  api::Ref<T> Find(const std::string& ns, const std::string& name) const {
    const auto found = slots_.find(ByPlace::Place(ns, name));
    return found == slots_.end() ? api::Ref<T>() : found->value;
  }
  /// By namespace and name; empty ns: all. `visit` must not change the cache, and write nothing.
  template <class Visit>
  void ForEach(const std::string& ns, Visit visit) const {
    for (auto it = slots_.lower_bound(ByPlace::Place(ns, "")); it != slots_.end(); ++it) {
      if (!ns.empty() && it->Place().first != ns) break;
      visit(it->value);
    }
  }
  /// Those of the namespace whose names begin with `prefix`, by name; costs nothing for the others.
  template <class Visit>
  void ForEachNamed(const std::string& ns, const std::string& prefix, Visit visit) const {
    for (auto it = slots_.lower_bound(ByPlace::Place(ns, prefix)); it != slots_.end(); ++it) {
      if (it->Place().first != ns || !it->Place().second.starts_with(prefix)) break;
      visit(it->value);
    }
  }
  /// The index of that name, made at the first call; whoever asks for the same name gets the same one.
  const Index<T>& IndexBy(const std::string& name, typename Index<T>::KeysOf keys_of) {
    const auto [found, made] = indexes_.try_emplace(name, std::move(keys_of));
    if (made) {
      for (const Slot<T>& slot : slots_) found->second.Move(&slot, nullptr, slot.value.get());
    }
    return found->second;
  }

  size_t size() const override { return slots_.size(); }
  const Object* FindObject(const std::string& ns, const std::string& name) const override {
    const auto found = slots_.find(ByPlace::Place(ns, name));
    return found == slots_.end() ? nullptr : &found->value->object;
  }
  void ForEachObject(const std::string& ns, const std::function<void(const Object&)>& visit) const override {
    ForEach(ns, [&](const T& each) { visit(each.object); });
  }
  void OnObject(ObjectHandler handler) override {
    OnChange([handler = std::move(handler)](const Change<T>& change) {
      static const Object kNone;
      handler(change.old ? change.old->object : kNone, change.now ? change.now->object : kNone);
    });
  }

 protected:
  void Put(const Object& object) override {
    Change<T> change;
    change.now = api::Ref<T>(T::From(object));
    const auto [slot, made] = slots_.insert(Slot<T>{change.now});
    change.now->object.Keep();
    if (!made) change.old = std::exchange(slot->value, change.now);
    if (!made) change.old->object.Release();
    Tell(*slot, change);
  }
  void Drop(const std::string& ns, const std::string& name) override {
    const auto slot = slots_.find(ByPlace::Place(ns, name));
    Change<T> change;
    change.old = slot->value;
    for (auto& [index_name, index] : indexes_) index.Move(&*slot, change.old.get(), nullptr);
    slots_.erase(slot);
    change.old->object.Release();
    TellHandlers(change);
  }

 private:
  void Tell(const Slot<T>& slot, const Change<T>& change) {
    for (auto& [name, index] : indexes_) index.Move(&slot, change.old.get(), change.now.get());
    TellHandlers(change);
  }
  void TellHandlers(const Change<T>& change) const {
    for (const Handler& handler : handlers_) Report(change.last()->object, [&] { handler(change); });
  }

  std::set<Slot<T>, ByPlace> slots_;
  std::map<std::string, Index<T>> indexes_;
  std::vector<Handler> handlers_;
};

}  // namespace ordinal::objects

// AnyCache: the objects of one kind as this process knows them, kept current by list and watch, and by what this
// process writes: a write that returned is in the cache before its writer goes on (read_your_writes.h). Reads are
// synchronous and cost no copy. Cache<T> (cache.h) holds the typed views; this is what all of them have in common.
//
//   list ──> Replace ─┐
//   watch ─> Apply ───┼──> Put, Drop ──> change notices       each change once, whichever way it came first
//   own writes ─> Take┘
//
// Everything happens on the control thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/signal.h"
#include "agent/store/object_store.h"

namespace ordinal::objects {

using store::Object;
using store::ObjectKey;

class AnyCache : public std::enable_shared_from_this<AnyCache> {
 public:
  /// `which`: of the objects of the kind; all by default.
  AnyCache(store::ObjectReader& store, Clock& clock, std::string kind, store::ListOptions which = {});
  virtual ~AnyCache() = default;
  AnyCache(const AnyCache&) = delete;
  AnyCache& operator=(const AnyCache&) = delete;

  /// Lists, then watches for ever; lists again after kExpired (changes in between are reported as what they amount to).
  /// Backs off 50 ms … 5 s while the store is unavailable. Keeps the cache alive; the store and the clock outlive it.
  Task<void> Run();

  bool Synced() const { return synced_; }  ///< The first list is in.
  Task<void> WaitSynced();
  const std::string& kind() const { return kind_; }

  virtual size_t size() const = 0;
  /// Null when there is none. Good until the object changes; its body as Object::body() says.
  virtual const Object* FindObject(const std::string& ns, const std::string& name) const = 0;
  /// By namespace and name; empty ns: all. `visit` must not change the cache.
  virtual void ForEachObject(const std::string& ns, const std::function<void(const Object&)>& visit) const = 0;
  /// Called for every change after the cache holds it, `old` empty for a new object and `now` for one that went. Add
  /// handlers before Run(). An exception in one is logged, and the others are called all the same.
  using ObjectHandler = std::function<void(const Object& old, const Object& now)>;
  virtual void OnObject(ObjectHandler handler) = 0;

  /// What this process wrote: the object as it was stored. Older news than the cache has are none.
  void Take(const Object& written);
  /// What this process removed: its last state, with the revision of the removal.
  void TakeGone(const Object& last);

 protected:
  /// Makes `now` the object of its name, and reports that.
  virtual void Put(const Object& now) = 0;
  /// Takes the object of that name away, and reports that.
  virtual void Drop(const std::string& ns, const std::string& name) = 0;
  /// Calls one handler.
  void Report(const Object& about, const std::function<void()>& handler) const;

 private:
  using Place = std::pair<std::string, std::string>;  ///< namespace, name

  Task<Status> Follow(Duration& delay);
  Task<Error> ListAndWatch(Duration& delay);
  void Replace(store::ListResult listed);
  void Apply(const store::WatchEvent& event);
  void Learn(const Object& object, bool gone);
  bool IsAhead(const Object& object, uint64_t revision) const;
  void GoAhead(const Object& written);
  void CatchUp(uint64_t revision);
  void MarkSynced();

  store::ObjectReader& store_;
  Clock& clock_;
  const std::string kind_;
  const store::ListOptions which_;
  bool synced_ = false;
  std::vector<Signal*> waiting_;  ///< coroutines in WaitSynced
  uint64_t revision_ = 0;         ///< of the newest news from the store
  /// Revisions of own writes of which the watch has not told yet.
  std::map<Place, uint64_t> ahead_;
  std::map<uint64_t, Place> told_at_;  ///< the same by revision
};

}  // namespace ordinal::objects

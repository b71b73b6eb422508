// Caches: one cache a kind, for everybody who looks at objects. Those of kinds with a typed view hold that, the others
// the document (api::Plain).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/api/plain.h"
#include "agent/objects/cache.h"

namespace ordinal::objects {

class Caches {
 public:
  /// `store` and `clock` outlive the caches and whatever runs of them.
  Caches(store::ObjectReader& store, Clock& clock) : store_(store), clock_(clock) {}
  Caches(const Caches&) = delete;
  Caches& operator=(const Caches&) = delete;

  /// The cache of T's kind, made at the first call: before Start(), like everything that adds handlers to it.
  template <class T>
  Cache<T>& Of() {
    return static_cast<Cache<T>&>(Of(T::kKind));
  }
  AnyCache& Of(const std::string& kind);
  /// Of a kind without a view of its own.
  Cache<api::Plain>& PlainOf(const std::string& kind);

  /// Runs every cache there is.
  void Start(const Executor& executor) const;
  /// Resumes when every cache has its first list.
  Task<void> WaitSynced() const;

  /// What this process wrote and removed (AnyCache::Take).
  void Take(const Object& written) const;
  void TakeGone(const Object& last) const;

 private:
  store::ObjectReader& store_;
  Clock& clock_;
  std::map<std::string, std::shared_ptr<AnyCache>> caches_;  ///< by kind
};

}  // namespace ordinal::objects

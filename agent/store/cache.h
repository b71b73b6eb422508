// Cache: a controller's view of one kind, kept current by list and watch. Reads are synchronous and cost no
// copy. After a write through the same store's Door returned, the cache may still be behind: controllers are
// written so that acting on an old view is refused (revision, uid, AlreadyExists), never harmful.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "agent/store/object_store.h"

namespace ordinal::store {

class Cache {
 public:
  using Handler = std::function<void(const WatchEvent&)>;

  Cache(ObjectStore& store, Clock& clock, std::string kind);

  /// Called for every change (and once kAdded per object of the first list), on the control thread, after the
  /// cache holds it. Add handlers before Run().
  void OnChange(Handler handler);

  /// Lists, then watches for ever; lists again after kExpired (changes in between are reported as the events they
  /// amount to). Backs off 50 ms … 5 s while the store is unavailable.
  Task<void> Run();

  bool Synced() const;  ///< The first list is in.
  Task<void> WaitSynced();
  const Object* Find(const std::string& ns, const std::string& name) const;                    ///< null when absent
  void ForEach(const std::string& ns, const std::function<void(const Object&)>& visit) const;  ///< empty ns: all
  /// Those of the namespace whose names begin with `prefix`, by name; costs nothing for the others.
  void ForEachNamed(const std::string& ns, const std::string& prefix,
                    const std::function<void(const Object&)>& visit) const;
  size_t size() const;
  const std::string& kind() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ordinal::store

// References: the config maps and secrets that pods of this node use, each watched by itself as long as somebody uses
// it. What nobody uses is not read, not watched and not held, however much of it there is.
//
// Everything happens on the control thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "agent/base/clock.h"
#include "agent/references/config.h"
#include "agent/store/object_store.h"

namespace ordinal::references {

using api::ObjectKey;

/// What is known of one object.
struct Found {
  bool known = false;  ///< false: it is being read for the first time, or nobody uses it
  ConfigRef config;    ///< null: there is none
};

class References {
 public:
  /// Told of each user of an object that became known, changed, came or went.
  using Changed = std::function<void(const std::string& user)>;

  /// `objects` and `clock` outlive it.
  References(store::ObjectReader& objects, Clock& clock, Executor executor);
  ~References();
  References(const References&) = delete;
  References& operator=(const References&) = delete;

  void OnChange(Changed changed) { changed_ = std::move(changed); }

  /// From now on `user` uses exactly `keys`; none: nothing any more. Does not block: what is new is known soon.
  void Use(const std::string& user, const std::set<ObjectKey>& keys);

  Found Find(const ObjectKey& key) const;
  /// All that `user` uses is known.
  bool Known(const std::string& user) const;
  /// How many objects are watched.
  size_t watched() const { return entries_.size(); }

 private:
  class Entry;
  void Drop(const std::string& user, const ObjectKey& key);
  void Tell(const Entry& entry);

  store::ObjectReader& objects_;
  Clock& clock_;
  const Executor executor_;
  Changed changed_;
  std::map<ObjectKey, std::shared_ptr<Entry>> entries_;
  std::map<std::string, std::set<ObjectKey>> used_;  ///< by user
};

}  // namespace ordinal::references

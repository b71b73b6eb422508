// Index: the newest visible version of every object, by kind, then namespace and name. Pure data, no I/O.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "agent/store/object_store.h"

namespace ordinal::store {

/// Whether `object` is one that a list or watch with `options` shows.
bool Shows(const ListOptions& options, const Object& object);

class Index {
 public:
  /// Null when absent. Valid until the object changes.
  const Object* Find(const ObjectKey& key) const;
  /// By namespace, then name.
  std::vector<Object> List(const std::string& kind, const ListOptions& options) const;
  void Put(const Object& object);
  void Erase(const ObjectKey& key);
  size_t size() const { return size_; }

 private:
  using Place = std::pair<std::string, std::string>;  // namespace, name
  std::map<std::string, std::map<Place, Object>> kinds_;
  size_t size_ = 0;
};

}  // namespace ordinal::store

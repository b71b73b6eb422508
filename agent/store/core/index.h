// Index: the newest visible version of every object, by kind, then namespace and name. Pure data, no I/O.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "agent/store/object_store.h"

namespace ordinal::store {

using Place = std::pair<std::string, std::string>;  ///< namespace, name
using Objects = std::map<Place, Object>;            ///< of one kind

/// Whether `object` is one that a list or watch with `options` shows.
bool Shows(const ListOptions& options, const Object& object);

/// The objects that `options` asks for, by namespace, then name. The revision is left to the caller.
ListResult Page(const Objects& objects, const ListOptions& options);

class Index {
 public:
  Index() = default;
  Index(Index&&) = default;
  Index& operator=(Index&&) = delete;
  Index(const Index&) = delete;
  ~Index();

  /// Null when absent. Valid until the object changes; its body as Object::body() says.
  const Object* Find(const ObjectKey& key) const;
  const Objects& Of(const std::string& kind) const;
  /// One that has its text (Object::Written) may rest.
  void Put(const Object& object);
  void Erase(const ObjectKey& key);
  size_t size() const { return size_; }
  /// Makes every document what `complete` makes of it, which keeps its kind, name and revision.
  void Complete(const std::function<Json(Json)>& complete);

 private:
  std::map<std::string, Objects> kinds_;
  size_t size_ = 0;
};

}  // namespace ordinal::store

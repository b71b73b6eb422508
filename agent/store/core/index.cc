#include "agent/store/core/index.h"

#include <algorithm>

namespace ordinal::store {

bool Shows(const ListOptions& options, const Object& object) {
  if (object.empty() || (!options.ns.empty() && object.ns() != options.ns)) return false;
  if (!options.fields.Matches(object)) return false;
  if (options.labels.empty()) return true;
  return options.labels.Matches(api::ReadStringMap(api::Member(object.body(), "metadata"), "labels"));
}

const Object* Index::Find(const ObjectKey& key) const {
  const auto kind = kinds_.find(key.kind);
  if (kind == kinds_.end()) return nullptr;
  const auto found = kind->second.find({key.ns, key.name});
  return found == kind->second.end() ? nullptr : &found->second;
}

ListResult Page(const Objects& objects, const ListOptions& options) {
  ListResult page;
  Place first{options.ns, ""};
  if (options.after) first = std::max(first, Place{options.after->ns, options.after->name});
  auto it = options.after ? objects.upper_bound(first) : objects.lower_bound(first);
  for (; it != objects.end(); ++it) {
    if (!options.ns.empty() && it->first.first != options.ns) break;
    if (!Shows(options, it->second)) continue;
    if (options.limit == 0 || page.items.size() < options.limit) {
      page.items.push_back(it->second);
    } else {
      ++page.remaining;
    }
  }
  return page;
}

const Objects& Index::Of(const std::string& kind) const {
  static const Objects none;
  const auto found = kinds_.find(kind);
  return found == kinds_.end() ? none : found->second;
}

void Index::Put(const Object& object) {
  const auto [place, added] = kinds_[object.kind()].insert_or_assign(Place(object.ns(), object.name()), object);
  if (added) ++size_;
}

void Index::Erase(const ObjectKey& key) {
  const auto kind = kinds_.find(key.kind);
  if (kind != kinds_.end()) size_ -= kind->second.erase({key.ns, key.name});
}

void Index::Complete(const std::function<Json(Json)>& complete) {
  for (auto& [kind, objects] : kinds_) {
    for (auto& [place, object] : objects) {
      Json body = complete(object.body());
      if (body != object.body()) object = Object(std::move(body));
    }
  }
}

}  // namespace ordinal::store

#include "agent/store/core/index.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "agent/store/core/change.h"

namespace ordinal::store {

bool Shows(const ListOptions& options, const Object& object) {
  if (object.empty() || (!options.ns.empty() && object.ns() != options.ns)) return false;
  if (!options.fields.Matches(object)) return false;
  if (options.labels.empty()) return true;
  return options.labels.Matches(object.labels());
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
  // A namespace ends before the next name that there may be.
  const Place behind{options.ns + '\0', ""};
  if (!options.ns.empty() && first >= behind) return page;  // after a place of a later namespace
  auto it = options.after ? objects.upper_bound(first) : objects.lower_bound(first);
  const auto end = options.ns.empty() ? objects.end() : objects.lower_bound(behind);
  const bool all = options.fields.empty() && options.labels.empty();
  for (; it != end; ++it) {
    const bool full = options.limit != 0 && page.items.size() == options.limit;
    if (full && all) break;
    if (!all && !Shows(options, it->second)) continue;
    if (full) {
      ++page.remaining;
    } else {
      page.items.push_back(it->second);
    }
  }
  page.remaining += static_cast<size_t>(std::distance(it, end));
  return page;
}

const Objects& Index::Of(const std::string& kind) const {
  static const Objects none;
  const auto found = kinds_.find(kind);
  return found == kinds_.end() ? none : found->second;
}

Index::~Index() {
  for (const auto& [kind, objects] : kinds_) {
    for (const auto& [place, object] : objects) object.Release();
  }
}

void Index::Put(const Object& object) {
  object.Keep();
  const auto [place, added] = kinds_[object.kind()].try_emplace(Place(object.ns(), object.name()), object);
  if (added) {
    ++size_;
  } else {
    std::exchange(place->second, object).Release();
  }
}

void Index::Erase(const ObjectKey& key) {
  const auto kind = kinds_.find(key.kind);
  if (kind == kinds_.end()) return;
  const auto found = kind->second.find({key.ns, key.name});
  if (found == kind->second.end()) return;
  found->second.Release();
  kind->second.erase(found);
  --size_;
}

void Index::Complete(const std::function<Json(Json)>& complete) {
  for (auto& [kind, objects] : kinds_) {
    for (auto& [place, object] : objects) {
      Json body = complete(object.body());
      if (body == object.body()) continue;
      object.Release();
      object = Object(std::move(body));
      WriteOut(object);
      object.Keep();
    }
  }
}

}  // namespace ordinal::store

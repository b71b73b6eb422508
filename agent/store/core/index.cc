#include "agent/store/core/index.h"

namespace ordinal::store {

bool Shows(const ListOptions& options, const Object& object) {
  if (object.empty() || (!options.ns.empty() && object.ns() != options.ns)) return false;
  if (options.labels.empty()) return true;
  return options.labels.Matches(api::ReadStringMap(api::Member(object.body(), "metadata"), "labels"));
}

const Object* Index::Find(const ObjectKey& key) const {
  const auto kind = kinds_.find(key.kind);
  if (kind == kinds_.end()) return nullptr;
  const auto found = kind->second.find({key.ns, key.name});
  return found == kind->second.end() ? nullptr : &found->second;
}

std::vector<Object> Index::List(const std::string& kind, const ListOptions& options) const {
  std::vector<Object> items;
  const auto found = kinds_.find(kind);
  if (found == kinds_.end()) return items;
  const auto& objects = found->second;
  for (auto it = objects.lower_bound({options.ns, ""}); it != objects.end(); ++it) {
    if (!options.ns.empty() && it->first.first != options.ns) break;
    if (Shows(options, it->second)) items.push_back(it->second);
  }
  return items;
}

void Index::Put(const Object& object) {
  const auto [place, added] = kinds_[object.kind()].insert_or_assign(Place(object.ns(), object.name()), object);
  if (added) ++size_;
}

void Index::Erase(const ObjectKey& key) {
  const auto kind = kinds_.find(key.kind);
  if (kind != kinds_.end()) size_ -= kind->second.erase({key.ns, key.name});
}

}  // namespace ordinal::store

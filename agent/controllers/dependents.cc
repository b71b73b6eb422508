#include "agent/controllers/dependents.h"

#include <utility>

namespace ordinal::controllers {
namespace {

using api::Object;
using Name = std::pair<std::string, std::string>;

/// The uid of the object's controller; empty when it has none.
std::string ControllerOf(const Object& object) {
  const api::Json& owners = api::Member(api::Member(object.body(), "metadata"), "ownerReferences");
  if (!owners.is_array()) return {};
  for (const api::Json& owner : owners) {
    if (api::ReadBool(owner, "controller")) return api::ReadString(owner, "uid");
  }
  return {};
}

template <class Map>
void Drop(Map& map, const std::string& key, const Name& name) {
  const auto found = map.find(key);
  if (found == map.end()) return;
  found->second.erase(name);
  if (found->second.empty()) map.erase(found);
}

}  // namespace

Dependents::Dependents(store::Cache& cache) : kind_(cache.kind()) {
  cache.OnChange([this](const store::WatchEvent& event) { OnChange(event); });
}

void Dependents::OnChange(const store::WatchEvent& event) {
  const Name name{event.object.ns(), event.object.name()};
  if (!event.old.empty()) Drop(controlled_, ControllerOf(event.old), name);
  const std::string controller = ControllerOf(event.object);
  if (event.type != store::EventType::kDeleted) controlled_[controller].insert(name);
  Drop(noted_, controller, name);
}

void Dependents::Note(const Object& created) {
  const Name name{created.ns(), created.name()};
  const std::string controller = ControllerOf(created);
  const auto known = controlled_.find(controller);
  if (known == controlled_.end() || !known->second.contains(name)) noted_[controller].insert(name);
}

/// Of both books, the names in `ns` under `controller` and under nobody.
Dependents::Names Dependents::Look(const std::string& ns, const std::string& controller) const {
  Names names;
  const auto take = [&](const std::map<std::string, Names>& book, const std::string& whose) {
    const auto found = book.find(whose);
    if (found == book.end()) return;
    for (auto it = found->second.lower_bound({ns, ""}); it != found->second.end() && it->first == ns; ++it) {
      names.insert(*it);
    }
  };
  for (const std::string& whose : {controller, std::string()}) {
    take(controlled_, whose);
    take(noted_, whose);
  }
  return names;
}

Task<Result<std::vector<Object>>> Dependents::Read(store::ObjectStore& store, std::string ns, std::string owner_uid) {
  const Names names = Look(ns, owner_uid);
  std::vector<Object> objects;
  for (const Name& name : names) {
    store::ObjectKey key{kind_, name.first, name.second};
    auto found = co_await store.Get(std::move(key));
    if (found.ok()) {
      const std::string controller = ControllerOf(*found);
      if (controller == owner_uid || controller.empty()) objects.push_back(std::move(*found));
    } else if (found.error().code == ErrorCode::kNotFound) {
      // Created and gone before the cache looked: it will never tell.
      Drop(noted_, owner_uid, name);
      Drop(noted_, std::string(), name);
    } else {
      co_return std::move(found).error();
    }
  }
  co_return objects;
}

}  // namespace ordinal::controllers

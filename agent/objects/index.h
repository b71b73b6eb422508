// Index: the objects of a cache under keys that are made of them, for whoever would otherwise look at all of them.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "agent/api/ref.h"

namespace ordinal::objects {

/// Where a cache keeps one object. It stays where it is as long as an object of that name is there.
template <class T>
struct Slot {
  mutable api::Ref<T> value;  // replaced by one of the same name only: the order of slots does not change

  std::pair<std::string_view, std::string_view> Place() const { return {value->object.ns(), value->object.name()}; }
};

/// By namespace, then name.
struct ByPlace {
  using is_transparent = void;
  using Place = std::pair<std::string_view, std::string_view>;

  static Place Of(const Place& place) { return place; }
  template <class T>
  static Place Of(const Slot<T>& slot) {
    return slot.Place();
  }
  template <class T>
  static Place Of(const Slot<T>* slot) {
    return slot->Place();
  }
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    return Of(a) < Of(b);
  }
};

template <class T>
class Index {
 public:
  /// The keys an object is found under: any number, none twice. Pure.
  using KeysOf = std::function<std::vector<std::string>(const T&)>;

  explicit Index(KeysOf keys_of) : keys_of_(std::move(keys_of)) {}

  /// Those under `key`, by namespace and name. `visit` must not change the cache.
  template <class Visit>
  void ForEach(const std::string& key, Visit visit) const {
    const auto found = slots_.find(key);
    if (found == slots_.end()) return;
    for (const Slot<T>* slot : found->second) visit(slot->value);
  }
  std::vector<api::Ref<T>> All(const std::string& key) const {
    std::vector<api::Ref<T>> all;
    ForEach(key, [&](const api::Ref<T>& value) { all.push_back(value); });
    return all;
  }
  size_t Count(const std::string& key) const {
    const auto found = slots_.find(key);
    return found == slots_.end() ? 0 : found->second.size();
  }

  /// The cache's own: `slot` held `old` and holds `now`; either may be null.
  void Move(const Slot<T>* slot, const T* old, const T* now) {
    const std::vector<std::string> before = old == nullptr ? std::vector<std::string>() : keys_of_(*old);
    const std::vector<std::string> after = now == nullptr ? std::vector<std::string>() : keys_of_(*now);
    if (before == after) return;
    for (const std::string& key : before) {
      const auto found = slots_.find(key);
      found->second.erase(slot);
      if (found->second.empty()) slots_.erase(found);
    }
    for (const std::string& key : after) slots_[key].insert(slot);
  }

 private:
  KeysOf keys_of_;
  std::unordered_map<std::string, std::set<const Slot<T>*, ByPlace>> slots_;
};

}  // namespace ordinal::objects

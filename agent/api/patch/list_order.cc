#include "agent/api/patch/list_order.h"

#include <algorithm>
#include <limits>

namespace ordinal::api {
namespace {

constexpr size_t kNotListed = std::numeric_limits<size_t>::max();

/// An item with its places in the two lists that decide about the order.
struct Placed {
  Json item;
  size_t wanted = kNotListed, original = kNotListed;
};

}  // namespace

std::string ItemKey(const Json& item, std::string_view merge_key) {
  const Json& value = merge_key.empty() ? item : Member(item, merge_key);
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Places::Places(const Json& list, std::string_view merge_key) : merge_key_(merge_key) {
  if (!list.is_array()) return;
  for (size_t i = 0; i < list.size(); ++i) Add(list[i], i);
}

std::optional<size_t> Places::Find(const Json& item) const {
  const auto found = places_.find(ItemKey(item, merge_key_));
  return found == places_.end() ? std::nullopt : std::optional<size_t>(found->second);
}

void Places::Add(const Json& item, size_t place) { places_.emplace(ItemKey(item, merge_key_), place); }

Json Ordered(const Json& merged, const Json& wanted, const Json& original, std::string_view merge_key) {
  const Places wanted_places(wanted, merge_key);
  const Places original_places(original, merge_key);
  std::vector<Placed> named, others;
  for (const Json& item : merged) {
    Placed placed{item, wanted_places.Find(item).value_or(kNotListed), original_places.Find(item).value_or(kNotListed)};
    (placed.wanted == kNotListed ? others : named).push_back(std::move(placed));
  }
  std::stable_sort(named.begin(), named.end(), [](const auto& a, const auto& b) { return a.wanted < b.wanted; });
  std::stable_sort(others.begin(), others.end(), [](const auto& a, const auto& b) { return a.original < b.original; });
  // Two runs become one. A run keeps its order; of their heads the one that came first in `original` goes first, and
  // the wanted one when that does not say.
  Json result = Json::array();
  auto next_named = named.begin();
  auto next_other = others.begin();
  while (next_named != named.end() && next_other != others.end()) {
    const bool other_first = next_named->original != kNotListed && next_other->original < next_named->original;
    result.push_back(std::move((other_first ? next_other++ : next_named++)->item));
  }
  for (; next_named != named.end(); ++next_named) result.push_back(std::move(next_named->item));
  for (; next_other != others.end(); ++next_other) result.push_back(std::move(next_other->item));
  return result;
}

}  // namespace ordinal::api

// Where the items of a list are, by their keys, and the order of a list merged from two.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "agent/api/object.h"

namespace ordinal::api {

/// What tells an item of a merged list from the others: one member of it, or its whole value when `merge_key` is empty.
std::string ItemKey(const Json& item, std::string_view merge_key);

/// The places of a list's items by their keys; of items with equal keys the first. Linear to make, constant to ask.
class Places {
 public:
  Places(const Json& list, std::string_view merge_key);
  std::optional<size_t> Find(const Json& item) const;
  void Add(const Json& item, size_t place);

 private:
  std::string_view merge_key_;
  std::unordered_map<std::string, size_t> places_;
};

/// `merged` in the order of `wanted`. Items that `wanted` does not name keep the order of `original`, and each goes
/// before the next wanted item when it came before it in `original`:
///   original a b c d, wanted c x b, merged a b c d x  →  a c x b d
Json Ordered(const Json& merged, const Json& wanted, const Json& original, std::string_view merge_key);

}  // namespace ordinal::api

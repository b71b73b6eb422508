#include "agent/store/core/document_patch.h"

#include <algorithm>
#include <string>

namespace ordinal::store {
namespace {

using api::Json;

constexpr const char* kSize = "n";  // of a list; no index is written so

Json Instead(const Json& value) { return Json::array({value}); }

void Add(const std::string& name, std::optional<Json> change, std::optional<Json>& patch) {
  if (!change) return;
  if (!patch) patch = Json::object();
  (*patch)[name] = std::move(*change);
}

/// Both are sorted by name: one walk over the two.
std::optional<Json> OfObjects(const Json::object_t& from, const Json::object_t& to) {
  std::optional<Json> patch;
  auto old = from.begin();
  for (const auto& [name, value] : to) {
    for (; old != from.end() && old->first < name; ++old) Add(old->first, Json(), patch);
    if (old != from.end() && old->first == name) {
      Add(name, DocumentPatch(old->second, value), patch);
      ++old;
    } else {
      Add(name, Instead(value), patch);
    }
  }
  for (; old != from.end(); ++old) Add(old->first, Json(), patch);
  return patch;
}

std::optional<Json> OfLists(const Json::array_t& from, const Json::array_t& to) {
  std::optional<Json> patch;
  for (size_t i = 0; i < to.size(); ++i) {
    if (i < from.size()) {
      auto change = DocumentPatch(from[i], to[i]);
      if (change) Add(std::to_string(i), std::move(change), patch);
    } else {
      Add(std::to_string(i), Instead(to[i]), patch);
    }
  }
  if (from.size() != to.size()) Add(kSize, Json(to.size()), patch);
  return patch;
}

}  // namespace

std::optional<Json> DocumentPatch(const Json& from, const Json& to) {
  if (from.is_object() && to.is_object()) {
    return OfObjects(from.get_ref<const Json::object_t&>(), to.get_ref<const Json::object_t&>());
  }
  if (from.is_array() && to.is_array()) {
    return OfLists(from.get_ref<const Json::array_t&>(), to.get_ref<const Json::array_t&>());
  }
  // 1 and 1.0 are equal and are not written alike.
  if (from == to && from.is_number_float() == to.is_number_float()) return std::nullopt;
  return Instead(to);
}

void ApplyPatch(const Json& patch, Json& document) {
  if (patch.is_array()) {
    document = patch[0];
    return;
  }
  if (document.is_array()) {
    auto& list = document.get_ref<Json::array_t&>();
    const auto size = patch.find(kSize);
    if (size != patch.end()) list.resize(size->get<size_t>());
    for (const auto& [index, change] : patch.items()) {
      if (index != kSize) ApplyPatch(change, list[std::stoul(index)]);
    }
    return;
  }
  for (const auto& [name, change] : patch.items()) {
    if (change.is_null()) {
      document.erase(name);
    } else {
      ApplyPatch(change, document[name]);
    }
  }
}

}  // namespace ordinal::store

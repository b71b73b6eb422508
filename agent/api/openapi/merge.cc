#include "agent/api/openapi/merge.h"

#include <string>

#include "agent/api/patch/fields.h"

namespace ordinal::api::openapi {
namespace {

/// The merge key comes first, as in the reference.
Json MapKeys(const Field& field) {
  Json keys = Json::array();
  if (!field.merge_key.empty()) keys.push_back(field.merge_key);
  ForEachKey(field.list_keys, [&](std::string_view key) {
    if (key != field.merge_key) keys.push_back(key);
  });
  return keys;
}

}  // namespace

void MarkMerge(const Field& field, Json& definition) {
  std::string strategy;
  if (field.shape == Shape::kList && field.merge_key == "=") {
    definition["x-kubernetes-list-type"] = "set";
    strategy = "merge";
  } else if (field.shape == Shape::kList && !(field.merge_key.empty() && field.list_keys.empty())) {
    const bool whole = field.ownership == Ownership::kAtomic;  // to who applies, not to who patches
    definition["x-kubernetes-list-type"] = whole ? "atomic" : "map";
    if (!whole) definition["x-kubernetes-list-map-keys"] = MapKeys(field);
    if (!field.merge_key.empty()) {
      definition["x-kubernetes-patch-merge-key"] = field.merge_key;
      strategy = "merge";
    }
  } else if (field.shape == Shape::kList) {
    definition["x-kubernetes-list-type"] = "atomic";
  }
  if (field.retains_keys) strategy += strategy.empty() ? "retainKeys" : ",retainKeys";
  if (!strategy.empty()) definition["x-kubernetes-patch-strategy"] = strategy;
  const bool whole_map = field.shape == Shape::kMap && field.ownership == Ownership::kAtomic;
  if (whole_map) definition["x-kubernetes-map-type"] = "atomic";
}

void MarkAtomic(const StructType& type, Json& definition) {
  if (type.atomic) definition["x-kubernetes-map-type"] = "atomic";
}

}  // namespace ordinal::api::openapi

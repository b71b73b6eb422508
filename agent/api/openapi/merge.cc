#include "agent/api/openapi/merge.h"

#include <algorithm>
#include <string>

namespace ordinal::api::openapi {
namespace {

struct InType {
  std::string_view type, field;
};

// Lists of structures that are told apart by two members; `second` is beside Field::merge_key.
struct SecondKey {
  std::string_view type, field, second;
};
constexpr SecondKey kSecondKeys[] = {
    {"Container", "ports", "protocol"},
    {"EphemeralContainer", "ports", "protocol"},
    {"PodSpec", "topologySpreadConstraints", "whenUnsatisfiable"},
    {"ServiceSpec", "ports", "protocol"},
};

// Members of one structure exclude each other: the patch says which of them stay ($retainKeys).
constexpr InType kRetainKeys[] = {{"DeploymentSpec", "strategy"}, {"PodSpec", "volumes"}};

// Maps that belong to one manager as a whole.
constexpr InType kAtomicMaps[] = {{"PodSpec", "nodeSelector"}, {"ServiceSpec", "selector"}};

// Sorted.
constexpr std::string_view kAtomicTypes[] = {
    "ConfigMapKeySelector", "EndpointAddress",       "EndpointPort",
    "LabelSelector",        "LocalObjectReference",  "NodeSelector",
    "NodeSelectorTerm",     "ObjectFieldSelector",   "ObjectReference",
    "OwnerReference",       "ResourceFieldSelector", "SecretKeySelector",
    "SecretReference",      "TopologySelectorTerm",  "TypedLocalObjectReference",
};

template <class Table>
bool Holds(const Table& table, const StructType& type, const Field& field) {
  return std::any_of(std::begin(table), std::end(table),
                     [&](const InType& each) { return each.type == type.name && each.field == field.name; });
}

void MarkKeyedList(const StructType& in, const Field& field, Json& definition) {
  Json keys = Json::array({field.merge_key});
  for (const SecondKey& each : kSecondKeys) {
    if (each.type == in.name && each.field == field.name) keys.push_back(each.second);
  }
  definition["x-kubernetes-list-type"] = "map";
  definition["x-kubernetes-list-map-keys"] = keys;
  definition["x-kubernetes-patch-merge-key"] = field.merge_key;
}

}  // namespace

void MarkMerge(const StructType& in, const Field& field, Json& definition) {
  std::string strategy;
  if (field.shape == Shape::kList && field.merge_key == "=") {
    definition["x-kubernetes-list-type"] = "set";
    strategy = "merge";
  } else if (field.shape == Shape::kList && !field.merge_key.empty()) {
    MarkKeyedList(in, field, definition);
    strategy = "merge";
  } else if (field.shape == Shape::kList) {
    definition["x-kubernetes-list-type"] = "atomic";
  }
  if (Holds(kRetainKeys, in, field)) strategy += strategy.empty() ? "retainKeys" : ",retainKeys";
  if (!strategy.empty()) definition["x-kubernetes-patch-strategy"] = strategy;
  if (Holds(kAtomicMaps, in, field)) definition["x-kubernetes-map-type"] = "atomic";
}

void MarkAtomic(const StructType& type, Json& definition) {
  if (std::binary_search(std::begin(kAtomicTypes), std::end(kAtomicTypes), type.name)) {
    definition["x-kubernetes-map-type"] = "atomic";
  }
}

}  // namespace ordinal::api::openapi

#include "agent/objects/local/admission/label_keys.h"

#include <algorithm>

#include "agent/api/read.h"

namespace ordinal::objects {
namespace {

using api::Json;

/// A term that says nothing of labels keeps saying nothing.
void Merge(Json& term, const char* keys, const char* op, const api::StringMap& labels) {
  if (!api::Member(term, "labelSelector").is_object()) return;
  for (const std::string& key : api::ReadStrings(term, keys)) {
    const auto own = labels.find(key);
    if (own == labels.end()) continue;
    Json& expressions = term["labelSelector"]["matchExpressions"];
    if (!expressions.is_array()) expressions = Json::array();
    Json expression{{"key", key}, {"operator", op}, {"values", Json::array({own->second})}};
    const bool there = std::find(expressions.begin(), expressions.end(), expression) != expressions.end();
    if (!there) expressions.push_back(std::move(expression));
  }
}

void MergeBoth(Json& term, const api::StringMap& labels) {
  Merge(term, "matchLabelKeys", "In", labels);
  Merge(term, "mismatchLabelKeys", "NotIn", labels);
}

}  // namespace

void MergeLabelKeys(Json& body) {
  const api::StringMap labels = api::ReadStringMap(api::Member(body, "metadata"), "labels");
  Json& spec = body["spec"];
  if (spec.contains("topologySpreadConstraints")) {
    for (Json& constraint : spec["topologySpreadConstraints"]) Merge(constraint, "matchLabelKeys", "In", labels);
  }
  for (const char* kind : {"podAffinity", "podAntiAffinity"}) {
    if (!api::Member(api::Member(spec, "affinity"), kind).is_object()) continue;
    Json& affinity = spec["affinity"][kind];
    if (affinity.contains("requiredDuringSchedulingIgnoredDuringExecution")) {
      for (Json& term : affinity["requiredDuringSchedulingIgnoredDuringExecution"]) MergeBoth(term, labels);
    }
    if (affinity.contains("preferredDuringSchedulingIgnoredDuringExecution")) {
      for (Json& weighted : affinity["preferredDuringSchedulingIgnoredDuringExecution"]) {
        if (weighted.contains("podAffinityTerm")) MergeBoth(weighted["podAffinityTerm"], labels);
      }
    }
  }
}

void KeepLabelKeys(const Json& old_body, Json& body) {
  const Json& before = api::Member(old_body, "spec");
  Json again;
  for (const std::string member : {"topologySpreadConstraints", "affinity"}) {
    const Json& was = api::Member(before, member);
    if (was.is_null() || api::Member(api::Member(body, "spec"), member) == was) continue;
    if (again.is_null()) {
      again = body;
      api::Carry(api::Member(old_body, "metadata"), "labels", again["metadata"]);
      MergeLabelKeys(again);
    }
    if (api::Member(again["spec"], member) == was) body["spec"][member] = was;
  }
}

}  // namespace ordinal::objects

#include "agent/objects/indexes.h"

namespace ordinal::objects {

std::string AnchorOf(const std::string& ns, const api::Selector& selector) {
  for (const api::Selector::Requirement& requirement : selector.requirements()) {
    const bool one = requirement.op == api::Selector::Operator::kIn && requirement.values.size() == 1;
    if (one) return LabelKey(ns, requirement.key, requirement.values.front());
  }
  return ns + "/";
}

std::vector<std::string> AnchorsFor(const std::string& ns, const api::StringMap& labels) {
  std::vector<std::string> anchors{ns + "/"};
  for (const auto& [label, value] : labels) anchors.push_back(LabelKey(ns, label, value));
  return anchors;
}

const Index<api::EndpointSlice>& ByService(Cache<api::EndpointSlice>& slices) {
  return slices.IndexBy("service", [](const api::EndpointSlice& slice) -> std::vector<std::string> {
    return {ServiceKey(slice.meta.ns, slice.service)};
  });
}

const Index<api::Pod>& ByClaim(Cache<api::Pod>& pods) {
  return pods.IndexBy("claim", [](const api::Pod& pod) {
    std::vector<std::string> keys;
    for (const std::string& claim : api::ClaimsOf(pod.object.body())) keys.push_back(ClaimKey(pod.meta.ns, claim));
    return keys;
  });
}

}  // namespace ordinal::objects

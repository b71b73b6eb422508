// The indexes that more than one part looks things up by.
#pragma once

#include <string>
#include <vector>

#include "agent/api/kinds/endpoint_slice/view.h"
#include "agent/api/kinds/pod/claims.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/api/selector.h"
#include "agent/objects/cache.h"

namespace ordinal::objects {

/// The key in ByController() of what nobody controls in that namespace.
inline std::string OrphansIn(const std::string& ns) { return "/" + ns; }

/// By the uid of the controller.
template <class T>
const Index<T>& ByController(Cache<T>& cache) {
  return cache.IndexBy("controller", [](const T& object) -> std::vector<std::string> {
    const api::OwnerReference* owner = object.meta.Controller();
    return {owner == nullptr ? OrphansIn(object.meta.ns) : owner->uid};
  });
}

inline std::string LabelKey(const std::string& ns, const std::string& label, const std::string& value) {
  return ns + "/" + label + "=" + value;
}

/// By each label, as LabelKey().
template <class T>
const Index<T>& ByLabel(Cache<T>& cache) {
  return cache.IndexBy("label", [](const T& object) {
    std::vector<std::string> keys;
    for (const auto& [label, value] : object.meta.labels) keys.push_back(LabelKey(object.meta.ns, label, value));
    return keys;
  });
}

/// A label that everything the selector matches has, as LabelKey(); `ns` + "/" when it names none.
std::string AnchorOf(const std::string& ns, const api::Selector& selector);

/// Objects with a selector of their own by its AnchorOf(). What selects an object with certain labels is under one of
/// AnchorsFor() them.
template <class T>
const Index<T>& BySelector(Cache<T>& cache) {
  return cache.IndexBy("selector", [](const T& object) -> std::vector<std::string> {
    return {AnchorOf(object.meta.ns, object.selector)};
  });
}

std::vector<std::string> AnchorsFor(const std::string& ns, const api::StringMap& labels);

/// Visits the objects whose selectors match `labels`, in no particular order.
template <class T, class Visit>
void ForEachSelecting(const Index<T>& by_selector, const std::string& ns, const api::StringMap& labels, Visit visit) {
  for (const std::string& anchor : AnchorsFor(ns, labels)) {
    by_selector.ForEach(anchor, [&](const api::Ref<T>& object) {
      if (object->selector.Matches(labels)) visit(object);
    });
  }
}

inline std::string ServiceKey(const std::string& ns, const std::string& service) { return ns + "/" + service; }

/// Endpoint slices by the service they are of, as ServiceKey().
const Index<api::EndpointSlice>& ByService(Cache<api::EndpointSlice>& slices);

inline std::string ClaimKey(const std::string& ns, const std::string& claim) { return ns + "/" + claim; }

/// Pods by the claims they name, as ClaimKey().
const Index<api::Pod>& ByClaim(Cache<api::Pod>& pods);

}  // namespace ordinal::objects

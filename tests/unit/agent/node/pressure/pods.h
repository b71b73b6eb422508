// Pods of node-a as tests of pressure and shutdown write them down.
#pragma once

#include <string>
#include <utility>

#include "agent/api/kinds/pod/view.h"

namespace ordinal::node {

/// The pod default/`name`, running on node-a.
inline api::Json PodNamed(const std::string& name, api::Json spec = api::Json::object()) {
  if (!spec.contains("nodeName")) spec["nodeName"] = "node-a";
  if (!spec.contains("containers")) spec["containers"] = {{{"name", "main"}, {"image", "busybox:1.35"}}};
  return {{"apiVersion", "v1"},
          {"kind", "Pod"},
          {"metadata", {{"name", name}, {"namespace", "default"}, {"uid", "uid-" + name}}},
          {"spec", std::move(spec)},
          {"status", {{"phase", "Running"}}}};
}

/// `set`-`ordinal`, of the StatefulSet of that name.
inline api::Json OrdinalOf(const std::string& set, int ordinal, api::Json spec = api::Json::object()) {
  api::Json pod = PodNamed(set + "-" + std::to_string(ordinal), std::move(spec));
  pod["metadata"]["ownerReferences"] = {
      {{"apiVersion", "apps/v1"}, {"kind", "StatefulSet"}, {"name", set}, {"uid", "uid-" + set}, {"controller", true}}};
  return pod;
}

inline api::Ref<api::Pod> ViewOf(api::Json pod) { return api::Pod::From(api::Object(std::move(pod))); }

}  // namespace ordinal::node

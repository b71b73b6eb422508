// Objects for the tests of controllers: short builders, and what was recorded from Kubernetes.
#pragma once

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "agent/api/object.h"
#include "agent/api/ref.h"

namespace ordinal::controllers {

using api::Json;
using api::Object;

/// Puts a changed copy of what `ref` refers to, or of nothing, in its place.
template <class T, class Change>
void Replace(api::Ref<T>& ref, Change change) {
  T copy = ref ? *ref : T();
  change(copy);
  ref = std::move(copy);
}

inline const std::vector<std::string> kRecordedStates{"1-two-replicas", "2-pod-replaced", "3-scaled-up",
                                                      "4-scaled-down",  "5-reattached",   "6-partitioned-update"};

/// The items of tests/data/controllers/<state>/<plural>.json.
inline std::vector<Object> Recorded(const std::string& state, const std::string& plural) {
  const std::string path = fmt::format("{}/controllers/{}/{}.json", ORDINAL_TEST_DATA, state, plural);
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<Object> items;
  const Json list = Json::parse(file);
  for (const Json& item : list["items"]) items.emplace_back(item);
  return items;
}

inline Object RecordedOne(const std::string& state, const std::string& plural, const std::string& name) {
  for (const Object& object : Recorded(state, plural)) {
    if (object.name() == name) return object;
  }
  throw std::runtime_error("nothing recorded of " + plural + " " + name);
}

/// The document with one member set, by JSON pointer ("/spec/replicas").
inline Json With(Json body, const std::string& pointer, Json value) {
  body[Json::json_pointer(pointer)] = std::move(value);
  return body;
}

inline Json Set(const std::string& name, int replicas, Json spec = Json::object()) {
  Json body = Json::parse(R"({
    "apiVersion": "apps/v1", "kind": "StatefulSet",
    "metadata": {"namespace": "default", "uid": "set-uid", "generation": 1},
    "spec": {
      "serviceName": "kubia",
      "selector": {"matchLabels": {"app": "kubia"}},
      "template": {
        "metadata": {"labels": {"app": "kubia"}},
        "spec": {"containers": [{"name": "kubia", "image": "busybox:1.35"}], "terminationGracePeriodSeconds": 1}
      },
      "volumeClaimTemplates": [{
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
      }],
      "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
      "podManagementPolicy": "OrderedReady"
    }})");
  body["metadata"]["name"] = name;
  body["spec"]["replicas"] = replicas;
  body["spec"].merge_patch(spec);
  return body;
}

/// A ReplicaSet of one busybox container, its pods labelled app=<name>.
inline Json Replicas(const std::string& name, int64_t replicas, Json spec = Json::object()) {
  Json body = Json::parse(R"({
    "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"namespace": "default"},
    "spec": {"template": {"spec": {
      "containers": [{"name": "main", "image": "busybox:1.35"}], "terminationGracePeriodSeconds": 1}}}})");
  body["metadata"]["name"] = name;
  body["spec"]["replicas"] = replicas;
  body["spec"]["selector"] = Json{{"matchLabels", Json{{"app", name}}}};
  body["spec"]["template"]["metadata"] = Json{{"labels", Json{{"app", name}}}};
  body["spec"].merge_patch(spec);
  return body;
}

inline Json Volume(const std::string& name, const std::string& size, Json spec = Json::object()) {
  Json body = Json::parse(R"({
    "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {},
    "spec": {"accessModes": ["ReadWriteOnce"], "persistentVolumeReclaimPolicy": "Retain",
             "volumeMode": "Filesystem", "hostPath": {"path": "/srv"}},
    "status": {"phase": "Available"}})");
  body["metadata"] = Json{{"name", name}, {"uid", name + "-uid"}};
  body["spec"]["capacity"] = Json{{"storage", size}};
  body["spec"].merge_patch(spec);
  return body;
}

inline Json Claim(const std::string& name, const std::string& size, Json spec = Json::object()) {
  Json body = Json::parse(R"({
    "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {},
    "spec": {"accessModes": ["ReadWriteOnce"], "volumeMode": "Filesystem"}, "status": {"phase": "Pending"}})");
  body["metadata"] = Json{{"name", name}, {"namespace", "default"}, {"uid", name + "-uid"}};
  body["spec"]["resources"] = Json{{"requests", Json{{"storage", size}}}};
  body["spec"].merge_patch(spec);
  return body;
}

}  // namespace ordinal::controllers

#include "agent/podsync/pod_references.h"

#include "agent/podsync/config_volumes.h"

namespace ordinal::podsync {

std::set<api::ObjectKey> ReferencesOf(const api::Pod& pod) {
  std::set<api::ObjectKey> keys;
  for (const auto* list : {&pod.spec.init_containers, &pod.spec.containers}) {
    for (const api::Container& container : *list) {
      for (const api::EnvFrom& from : container.env_from) keys.insert(from.of.Key(pod.meta.ns));
      for (const api::EnvVar& variable : container.env) {
        if (variable.config) keys.insert(variable.config->Key(pod.meta.ns));
      }
    }
  }
  for (const api::Volume& volume : pod.spec.volumes) {
    const std::vector<api::ObjectKey> more = ReferencesOf(volume, pod.meta.ns);
    keys.insert(more.begin(), more.end());
  }
  return keys;
}

}  // namespace ordinal::podsync

#include "agent/podsync/pod_references.h"

#include "agent/podsync/config_volumes.h"
#include "agent/podsync/pull_secrets.h"

namespace ordinal::podsync {

std::set<api::ObjectKey> ReferencesOf(const api::Pod& pod) {
  std::set<api::ObjectKey> keys;
  for (const auto* list : {&pod.spec.init_containers, &pod.spec.containers, &pod.spec.ephemeral_containers}) {
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
  for (const std::string& name : PullSecretNames(api::Member(pod.object.body(), "spec"))) {
    keys.insert({"Secret", pod.meta.ns, name});
  }
  return keys;
}

std::set<references::TokenWish> TokensOf(const api::Pod& pod) {
  std::set<references::TokenWish> wishes;
  for (const api::Volume& volume : pod.spec.volumes) {
    const std::vector<references::TokenWish> more = TokensOf(volume);
    wishes.insert(more.begin(), more.end());
  }
  return wishes;
}

references::TokenUser TokenUserOf(const api::Pod& pod) {
  return {pod.meta.ns, pod.spec.service_account, pod.meta.name, pod.meta.uid};
}

}  // namespace ordinal::podsync

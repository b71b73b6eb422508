#include "agent/api/kinds/replica_set/view.h"

namespace ordinal::api {

ReplicaSet ReplicaSet::From(const Object& object) {
  ReplicaSet set;
  set.object = object;
  set.meta = ReadMeta(object.body());
  const Json& spec = Member(object.body(), "spec");
  set.replicas = ReadInt(spec, "replicas", set.replicas);
  set.min_ready_seconds = ReadInt(spec, "minReadySeconds");
  // What is stored was validated, so a selector that does not parse is one that is not there.
  if (auto parsed = Selector::FromJson(Member(spec, "selector")); parsed.ok()) set.selector = *parsed;
  const Json& status = Member(object.body(), "status");
  set.seen_replicas = ReadInt(status, "replicas");
  set.ready_replicas = ReadInt(status, "readyReplicas");
  set.available_replicas = ReadInt(status, "availableReplicas");
  set.terminating_replicas = ReadInt(status, "terminatingReplicas");
  set.observed_generation = ReadInt(status, "observedGeneration");
  return set;
}

}  // namespace ordinal::api

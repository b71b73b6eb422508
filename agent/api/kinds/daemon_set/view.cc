#include "agent/api/kinds/daemon_set/view.h"

#include "agent/api/read.h"

namespace ordinal::api {

DaemonSet DaemonSet::From(const Object& object) {
  DaemonSet set;
  set.object = object;
  set.meta = ReadMeta(object.body());
  const Json& spec = Member(object.body(), "spec");
  set.min_ready_seconds = ReadInt(spec, "minReadySeconds");
  set.revision_history_limit = ReadInt(spec, "revisionHistoryLimit", set.revision_history_limit);
  // What is stored was validated, so a selector that does not parse is one that is not there.
  if (auto parsed = Selector::FromJson(Member(spec, "selector")); parsed.ok()) set.selector = *parsed;
  const Json& strategy = Member(spec, "updateStrategy");
  set.on_delete = ReadString(strategy, "type") == "OnDelete";
  const Json& rolling = Member(strategy, "rollingUpdate");
  set.max_unavailable = ReadIntOrString(rolling, "maxUnavailable").value_or(set.max_unavailable);
  set.max_surge = ReadIntOrString(rolling, "maxSurge").value_or(set.max_surge);
  const Json& status = Member(object.body(), "status");
  set.observed_generation = ReadInt(status, "observedGeneration");
  set.collision_count = ReadInt(status, "collisionCount");
  return set;
}

}  // namespace ordinal::api

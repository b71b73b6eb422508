#include "agent/api/kinds/stateful_set/view.h"

#include "agent/api/read.h"

namespace ordinal::api {

StatefulSet StatefulSet::From(const Object& object) {
  StatefulSet set;
  set.object = object;
  set.meta = ReadMeta(object.body());
  const Json& spec = Member(object.body(), "spec");
  set.replicas = ReadInt(spec, "replicas", set.replicas);
  set.start_ordinal = ReadInt(Member(spec, "ordinals"), "start");
  set.min_ready_seconds = ReadInt(spec, "minReadySeconds");
  set.revision_history_limit = ReadInt(spec, "revisionHistoryLimit", set.revision_history_limit);
  set.service_name = ReadString(spec, "serviceName");
  const Json& selector = Member(spec, "selector");
  // What is stored was validated, so a selector that does not parse is one that is not there.
  if (auto parsed = Selector::FromJson(selector); parsed.ok()) set.selector = *parsed;
  set.selector_labels = ReadStringMap(selector, "matchLabels");
  for (const auto& claim : Items(spec, "volumeClaimTemplates")) set.claim_templates.push_back(claim);
  set.pod_management_policy = ReadString(spec, "podManagementPolicy", set.pod_management_policy);
  const Json& strategy = Member(spec, "updateStrategy");
  set.update_strategy = ReadString(strategy, "type", set.update_strategy);
  const Json& rolling = Member(strategy, "rollingUpdate");
  set.partition = ReadInt(rolling, "partition");
  const Json& unavailable = Member(rolling, "maxUnavailable");
  if (unavailable.is_number_integer()) set.max_unavailable = std::to_string(unavailable.get<int64_t>());
  if (unavailable.is_string()) set.max_unavailable = unavailable.get<std::string>();
  const Json& retention = Member(spec, "persistentVolumeClaimRetentionPolicy");
  set.when_deleted = ReadString(retention, "whenDeleted", set.when_deleted);
  set.when_scaled = ReadString(retention, "whenScaled", set.when_scaled);

  const Json& status = Member(object.body(), "status");
  set.observed_generation = ReadInt(status, "observedGeneration");
  set.collision_count = ReadInt(status, "collisionCount");
  set.current_revision = ReadString(status, "currentRevision");
  set.update_revision = ReadString(status, "updateRevision");
  return set;
}

}  // namespace ordinal::api

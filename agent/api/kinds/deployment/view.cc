#include "agent/api/kinds/deployment/view.h"

#include <limits>

#include "agent/api/read.h"

namespace ordinal::api {
Deployment Deployment::From(const Object& object) {
  Deployment deployment;
  deployment.object = object;
  deployment.meta = ReadMeta(object.body());
  const Json& spec = Member(object.body(), "spec");
  deployment.replicas = ReadInt(spec, "replicas", deployment.replicas);
  deployment.min_ready_seconds = ReadInt(spec, "minReadySeconds");
  deployment.selector_document = Member(spec, "selector");
  // What is stored was validated, so a selector that does not parse is one that is not there.
  if (auto parsed = Selector::FromJson(deployment.selector_document); parsed.ok()) deployment.selector = *parsed;
  const Json& strategy = Member(spec, "strategy");
  deployment.recreate = ReadString(strategy, "type") == "Recreate";
  const Json& rolling = Member(strategy, "rollingUpdate");
  deployment.max_surge = ReadIntOrString(rolling, "maxSurge").value_or(deployment.max_surge);
  deployment.max_unavailable = ReadIntOrString(rolling, "maxUnavailable").value_or(deployment.max_unavailable);
  deployment.revision_history_limit = ReadInt(spec, "revisionHistoryLimit", deployment.revision_history_limit);
  constexpr int64_t kNone = std::numeric_limits<int32_t>::max();
  const int64_t deadline = ReadInt(spec, "progressDeadlineSeconds", kNone);
  if (deadline != kNone) deployment.progress_deadline_seconds = deadline;
  deployment.paused = ReadBool(spec, "paused");

  const Json& status = Member(object.body(), "status");
  deployment.seen_replicas = ReadInt(status, "replicas");
  deployment.updated_replicas = ReadInt(status, "updatedReplicas");
  deployment.ready_replicas = ReadInt(status, "readyReplicas");
  deployment.available_replicas = ReadInt(status, "availableReplicas");
  deployment.collision_count = ReadInt(status, "collisionCount");
  deployment.conditions = Member(status, "conditions");
  return deployment;
}

}  // namespace ordinal::api

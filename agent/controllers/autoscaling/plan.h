// What to do about a HorizontalPodAutoscaler, decided from what is seen (Kubernetes: podautoscaler/horizontal.go). Pure
// but for what is remembered of it (rates.h).
//
//   size of the target ── outside minReplicas … maxReplicas: into it
//                    └─── else: what each metric asks for, the largest counts ── rates.h ──> the new size
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/horizontal_pod_autoscaler/view.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/api/ref.h"
#include "agent/api/scale.h"
#include "agent/controllers/autoscaling/rates.h"
#include "agent/events/event.h"

namespace ordinal::controllers::autoscaling {

struct Observed {
  api::HorizontalPodAutoscaler scaler;
  Result<api::Scale> scale = api::Scale{};       ///< of the target, or why it cannot be had
  api::Refs<api::Pod> pods;                      ///< that its selector matches
  std::vector<std::string> rivals;               ///< other autoscalers of these pods, "namespace/name"
  Result<api::Json> items = api::Json::array();  ///< PodMetrics documents of these pods, or why there are none
  WallTime now;
  SteadyTime steady;
};

struct Saying {
  events::Severity severity = events::Severity::kNormal;
  std::string reason, message;
};

struct Plan {
  std::optional<int64_t> resize;  ///< the target's new spec.replicas
  int64_t from = 0;               ///< what it is now
  std::string why;                ///< "cpu resource utilization (percentage of request) above target"
  std::vector<Saying> says;
  api::Json status;
};

/// Whether the plan will look at `items`, which cost a look at the whole node.
bool NeedsFigures(const Observed& seen);

Plan MakePlan(const Observed& seen, Memory& memory);

/// The plan when its resize was carried out, or failed with `error`.
void Settle(const Observed& seen, const Status& resized, Plan& plan);

}  // namespace ordinal::controllers::autoscaling

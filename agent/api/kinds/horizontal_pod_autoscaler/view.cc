#include "agent/api/kinds/horizontal_pod_autoscaler/view.h"

#include "agent/api/read.h"

namespace ordinal::api {
namespace {

ScalingRules ReadScalingRules(const Json& rules) {
  ScalingRules out;
  out.select = ReadString(rules, "selectPolicy", out.select);
  out.window_seconds = ReadOptional<int64_t>(rules, "stabilizationWindowSeconds");
  // A thousandth is finer than what a ratio of two figures tells.
  if (rules.contains("tolerance")) {
    out.tolerance = static_cast<double>(ReadQuantity(rules, "tolerance").MilliValue()) / 1000;
  }
  for (const Json& policy : Items(rules, "policies")) {
    out.policies.push_back(
        {ReadString(policy, "type") == "Percent", ReadInt(policy, "value"), ReadInt(policy, "periodSeconds")});
  }
  return out;
}

}  // namespace

HorizontalPodAutoscaler HorizontalPodAutoscaler::From(const Object& object) {
  HorizontalPodAutoscaler out;
  out.object = object;
  out.meta = ReadMeta(object.body());
  const Json& spec = Member(object.body(), "spec");
  const Json& target = Member(spec, "scaleTargetRef");
  out.target_version = ReadString(target, "apiVersion");
  out.target_kind = ReadString(target, "kind");
  out.target_name = ReadString(target, "name");
  out.min_replicas = ReadInt(spec, "minReplicas", out.min_replicas);
  out.max_replicas = ReadInt(spec, "maxReplicas");
  const Json& behavior = Member(spec, "behavior");
  out.behaves = behavior.is_object();
  if (!out.behaves) return out;
  out.scale_up = ReadScalingRules(Member(behavior, "scaleUp"));
  out.scale_down = ReadScalingRules(Member(behavior, "scaleDown"));
  return out;
}

}  // namespace ordinal::api

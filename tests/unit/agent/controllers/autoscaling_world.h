// What autoscalers look at, for their tests: pods, figures and autoscalers, at one moment.
#pragma once

#include "agent/api/kinds/horizontal_pod_autoscaler/view.h"
#include "agent/base/clock.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::autoscaling {

inline const WallTime kNow = *ParseTime("2026-01-02T00:00:00Z");

inline std::string Ago(int seconds) { return FormatTime(kNow - std::chrono::seconds(seconds)); }

/// A pod that requests 1000m of cpu and 100Mi, was started an hour ago and has been ready since.
inline Json PodOf(const std::string& name, const Json& changes = Json::object()) {
  Json body = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default"},
    "spec": {"containers": [{"name": "main", "image": "i",
      "resources": {"requests": {"cpu": "1", "memory": "100Mi"}}}]},
    "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}})");
  body["metadata"]["name"] = name;
  body["status"]["startTime"] = Ago(3600);
  body["status"]["conditions"][0]["lastTransitionTime"] = Ago(3590);
  body.merge_patch(changes);
  return body;
}

inline Json UseOf(const std::string& name, int cpu_milli, int seconds_ago = 5) {
  const Json usage{{"cpu", fmt::format("{}m", cpu_milli)}, {"memory", "50Mi"}};
  Json item{{"metadata", Json{{"namespace", "default"}, {"name", name}}},
            {"timestamp", Ago(seconds_ago)},
            {"window", "10.000s"}};
  item["containers"] = Json::array({Json{{"name", "main"}, {"usage", usage}}});
  return item;
}

inline Json ScalerBody(const Json& spec = Json::object()) {
  Json body = Json::parse(R"({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "web", "namespace": "default", "uid": "u"},
    "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "minReplicas": 1,
      "maxReplicas": 10, "metrics": [{"type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}]}})");
  body["spec"].merge_patch(spec);
  return body;
}

inline api::HorizontalPodAutoscaler Scaler(const Json& spec = Json::object()) {
  return api::HorizontalPodAutoscaler::From(Object(ScalerBody(spec)));
}

inline Json Behaving(const char* up, const char* down) {
  return Json{{"behavior", Json{{"scaleUp", Json::parse(up)}, {"scaleDown", Json::parse(down)}}}};
}

inline constexpr const char* kUsualUp = R"({"selectPolicy": "Max", "stabilizationWindowSeconds": 0, "policies":
  [{"type": "Pods", "value": 4, "periodSeconds": 15}, {"type": "Percent", "value": 100, "periodSeconds": 15}]})";
inline constexpr const char* kUsualDown =
    R"({"selectPolicy": "Max", "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}]})";

inline SteadyTime At(int seconds) { return SteadyTime(std::chrono::seconds(10'000 + seconds)); }

}  // namespace ordinal::controllers::autoscaling

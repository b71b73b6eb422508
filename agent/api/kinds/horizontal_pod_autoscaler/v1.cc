#include "agent/api/kinds/horizontal_pod_autoscaler/v1.h"

#include <utility>

#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr const char* kMetricsAnnotation = "autoscaling.alpha.kubernetes.io/metrics";
constexpr const char* kCurrentMetricsAnnotation = "autoscaling.alpha.kubernetes.io/current-metrics";
constexpr const char* kConditionsAnnotation = "autoscaling.alpha.kubernetes.io/conditions";
constexpr const char* kBehaviorAnnotation = "autoscaling.alpha.kubernetes.io/behavior";

/// A place in a metric of v2, and the member of v1 that holds the same.
struct MetricPlace {
  const char *source, *outer, *inner, *v1;  ///< outer null: `inner` is a member of the source itself
};
constexpr MetricPlace kMetricPlaces[] = {
    {"resource", nullptr, "name", "name"},
    {"resource", "target", "averageUtilization", "targetAverageUtilization"},
    {"resource", "target", "averageValue", "targetAverageValue"},
    {"containerResource", nullptr, "name", "name"},
    {"containerResource", nullptr, "container", "container"},
    {"containerResource", "target", "averageUtilization", "targetAverageUtilization"},
    {"containerResource", "target", "averageValue", "targetAverageValue"},
    {"pods", "metric", "name", "metricName"},
    {"pods", "metric", "selector", "selector"},
    {"pods", "target", "averageValue", "targetAverageValue"},
    {"object", nullptr, "describedObject", "target"},
    {"object", "metric", "name", "metricName"},
    {"object", "metric", "selector", "selector"},
    {"object", "target", "value", "targetValue"},
    {"object", "target", "averageValue", "averageValue"},
    {"external", "metric", "name", "metricName"},
    {"external", "metric", "selector", "metricSelector"},
    {"external", "target", "value", "targetValue"},
    {"external", "target", "averageValue", "targetAverageValue"},
};
constexpr MetricPlace kCurrentPlaces[] = {
    {"resource", nullptr, "name", "name"},
    {"resource", "current", "averageUtilization", "currentAverageUtilization"},
    {"resource", "current", "averageValue", "currentAverageValue"},
    {"containerResource", nullptr, "name", "name"},
    {"containerResource", nullptr, "container", "container"},
    {"containerResource", "current", "averageUtilization", "currentAverageUtilization"},
    {"containerResource", "current", "averageValue", "currentAverageValue"},
};

template <size_t N>
Json ToV1(const MetricPlace (&places)[N], const Json& metric) {
  Json out{{"type", ReadString(metric, "type")}};
  for (const MetricPlace& place : places) {
    const Json& source = Member(metric, place.source);
    const Json& value = Member(place.outer == nullptr ? source : Member(source, place.outer), place.inner);
    if (!value.is_null()) out[place.source][place.v1] = value;
  }
  return out;
}

template <size_t N>
Json FromV1(const MetricPlace (&places)[N], const Json& metric) {
  Json out{{"type", ReadString(metric, "type")}};
  for (const MetricPlace& place : places) {
    const Json& value = Member(Member(metric, place.source), place.v1);
    if (value.is_null()) continue;
    Json& source = out[place.source];
    (place.outer == nullptr ? source : source[place.outer])[place.inner] = value;
  }
  for (auto& [name, source] : out.items()) {
    if (!source.is_object() || !Member(source, "target").is_object()) continue;
    Json& target = source["target"];
    const bool average = target.contains("averageValue");
    target["type"] = target.contains("averageUtilization") ? "Utilization" : average ? "AverageValue" : "Value";
  }
  return out;
}

bool IsCpuTarget(const Json& metric) {
  const Json& resource = Member(metric, "resource");
  return ReadString(metric, "type") == "Resource" && ReadString(resource, "name") == "cpu" &&
         Member(Member(resource, "target"), "averageUtilization").is_number_integer();
}

Json CpuTarget(Json percent) {
  const Json target{{"type", "Utilization"}, {"averageUtilization", std::move(percent)}};
  return Json{{"type", "Resource"}, {"resource", Json{{"name", "cpu"}, {"target", target}}}};
}

/// Takes the annotation out; null when it is not there, or no JSON.
Json TakeAnnotation(const char* name, Json& body) {
  if (!Member(Member(body, "metadata"), "annotations").is_object()) return {};
  Json& annotations = body["metadata"]["annotations"];
  const auto found = annotations.find(name);
  if (found == annotations.end() || !found->is_string()) return {};
  Json value = Json::parse(found->get_ref<const std::string&>(), nullptr, false);
  annotations.erase(found);
  if (annotations.empty()) body["metadata"].erase("annotations");
  return value.is_discarded() ? Json() : value;
}

void Annotate(const char* name, const Json& value, Json& body) {
  if (!value.empty()) body["metadata"]["annotations"][name] = value.dump();
}

}  // namespace

void ConvertAutoscalerV1(Json& body, std::vector<std::string>&) {
  body["apiVersion"] = "autoscaling/v2";
  const Json metrics = TakeAnnotation(kMetricsAnnotation, body),
             conditions = TakeAnnotation(kConditionsAnnotation, body);
  Json behavior = TakeAnnotation(kBehaviorAnnotation, body);
  TakeAnnotation(kCurrentMetricsAnnotation, body);
  if (Member(body, "status").is_object()) {
    body["status"].erase("currentCPUUtilizationPercentage");
    if (conditions.is_array()) body["status"]["conditions"] = conditions;
  }
  if (!Member(body, "spec").is_object()) return;
  Json& spec = body["spec"];
  Json all = Json::array();
  if (metrics.is_array()) {
    for (const Json& metric : metrics) all.push_back(FromV1(kMetricPlaces, metric));
  }
  if (!Member(spec, "targetCPUUtilizationPercentage").is_null()) {
    all.push_back(CpuTarget(spec["targetCPUUtilizationPercentage"]));
  }
  spec.erase("targetCPUUtilizationPercentage");
  if (!all.empty()) spec["metrics"] = std::move(all);
  if (behavior.is_object()) spec["behavior"] = std::move(behavior);
}

void PresentAutoscalerV1(Json& body) {
  if (Member(body, "spec").is_object()) {
    Json& spec = body["spec"];
    Json others = Json::array();
    for (const Json& metric : Items(spec, "metrics")) {
      if (IsCpuTarget(metric) && !spec.contains("targetCPUUtilizationPercentage")) {
        spec["targetCPUUtilizationPercentage"] = metric["resource"]["target"]["averageUtilization"];
      } else {
        others.push_back(ToV1(kMetricPlaces, metric));
      }
    }
    Annotate(kMetricsAnnotation, others, body);
    Annotate(kBehaviorAnnotation, Member(spec, "behavior"), body);
    spec.erase("metrics");
    spec.erase("behavior");
  }
  if (!Member(body, "status").is_object()) return;
  Json& status = body["status"];
  Json current = Json::array();
  for (const Json& metric : Items(status, "currentMetrics")) {
    const Json& resource = Member(metric, "resource");
    const Json& percent = Member(Member(resource, "current"), "averageUtilization");
    if (ReadString(resource, "name") == "cpu" && !percent.is_null()) {
      status["currentCPUUtilizationPercentage"] = percent;
    }
    current.push_back(ToV1(kCurrentPlaces, metric));
  }
  Annotate(kCurrentMetricsAnnotation, current, body);
  Annotate(kConditionsAnnotation, Member(status, "conditions"), body);
  status.erase("currentMetrics");
  status.erase("conditions");
  if (!status.contains("currentReplicas")) status["currentReplicas"] = 0;
}

}  // namespace ordinal::api

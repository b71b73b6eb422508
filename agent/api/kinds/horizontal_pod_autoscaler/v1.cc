#include "agent/api/kinds/horizontal_pod_autoscaler/v1.h"

#include <utility>

#include "agent/api/faults.h"
#include "agent/api/read.h"
#include "agent/api/text/json.h"

namespace ordinal::api {
namespace {

constexpr size_t kMostAnnotationText = 256 * 1024;  // as of all annotations of an object together

constexpr const char* kMetricsAnnotation = "autoscaling.alpha.kubernetes.io/metrics";
constexpr const char* kCurrentMetricsAnnotation = "autoscaling.alpha.kubernetes.io/current-metrics";
constexpr const char* kConditionsAnnotation = "autoscaling.alpha.kubernetes.io/conditions";
constexpr const char* kBehaviorAnnotation = "autoscaling.alpha.kubernetes.io/behavior";
constexpr const char* kRoundTripAnnotations[] = {kMetricsAnnotation, kCurrentMetricsAnnotation, kConditionsAnnotation,
                                                 kBehaviorAnnotation};
/// Those that are read, and whether each is a list; what was measured is never taken from a client.
struct ReadAnnotation {
  const char* name;
  bool list;
};
constexpr ReadAnnotation kReadAnnotations[] = {
    {kMetricsAnnotation, true}, {kConditionsAnnotation, true}, {kBehaviorAnnotation, false}};

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

/// What an annotation holds, bounded as all that clients write is; null when it is not there.
Result<Json> ReadHeld(const char* name, const Json& body) {
  const Json& held = Member(Member(Member(body, "metadata"), "annotations"), name);
  if (!held.is_string()) return Json();
  const auto& text = held.get_ref<const std::string&>();
  if (text.size() > kMostAnnotationText) return MakeError(ErrorCode::kInvalid, "it has more than 262144 bytes");
  bool repeats = false;  // a member that is there twice counts as its last one, as it does for the reference
  return ParseJson(text, &repeats);
}

Json HeldOrNull(const char* name, const Json& body) {
  Result<Json> held = ReadHeld(name, body);
  return held.ok() ? std::move(*held) : Json();
}

void Annotate(const char* name, const Json& value, Json& body) {
  if (!value.empty()) body["metadata"]["annotations"][name] = value.dump();
}

}  // namespace

Json CpuTarget(Json percent) {
  const Json target{{"type", "Utilization"}, {"averageUtilization", std::move(percent)}};
  return Json{{"type", "Resource"}, {"resource", Json{{"name", "cpu"}, {"target", target}}}};
}

void FindUnreadableV1(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  for (const auto& [name, list] : kReadAnnotations) {
    const Result<Json> held = ReadHeld(name, body);
    const bool right = held.ok() && (held->is_null() || (list ? held->is_array() : held->is_object()));
    if (right) continue;
    const std::string what = list ? "must be a JSON list" : "must be a JSON object";
    faults.Add((Path("metadata") / "annotations")[name], kInvalid,
               what + (held.ok() ? "" : ": " + held.error().message) + "; take it out, or write autoscaling/v2");
  }
}

void DropAutoscalerAnnotations(Json& body) {
  if (!Member(Member(body, "metadata"), "annotations").is_object()) return;
  Json& annotations = body["metadata"]["annotations"];
  size_t dropped = 0;
  for (const char* name : kRoundTripAnnotations) {
    if (Member(annotations, name).is_string()) dropped += annotations.erase(name);
  }
  if (dropped > 0 && annotations.empty()) body["metadata"].erase("annotations");
}

void ConvertAutoscalerV1(Json& body, std::vector<std::string>&) {
  body["apiVersion"] = "autoscaling/v2";
  const Json metrics = HeldOrNull(kMetricsAnnotation, body);
  Json conditions = HeldOrNull(kConditionsAnnotation, body), behavior = HeldOrNull(kBehaviorAnnotation, body);
  DropAutoscalerAnnotations(body);
  if (Member(body, "status").is_object()) {
    body["status"].erase("currentCPUUtilizationPercentage");
    if (conditions.is_array()) body["status"]["conditions"] = std::move(conditions);
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
  DropAutoscalerAnnotations(body);
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

#include "agent/api/kinds/horizontal_pod_autoscaler/rules.h"

#include <utility>

#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr int64_t kLongestStabilization = 3600, kLongestPeriod = 1800;  // seconds

/// A type of metric and the member that says more of it.
constexpr std::pair<std::string_view, std::string_view> kMetricSources[] = {{"ContainerResource", "containerResource"},
                                                                            {"External", "external"},
                                                                            {"Object", "object"},
                                                                            {"Pods", "pods"},
                                                                            {"Resource", "resource"}};

void PositiveQuantity(const Path& path, const Json& holder, std::string_view member, Faults& faults) {
  if (Member(holder, member).is_null()) return;
  const Quantity value = ReadQuantity(holder, member);
  if (value.IsZero() || value.IsNegative()) {
    faults.Add(path / member, kInvalid, "Invalid value: " + holder[std::string(member)].dump() + ": must be positive");
  }
}

void ValidateMetricTarget(const Json& target, const Path& path, bool of_resource, Faults& faults) {
  const std::string type = ReadString(target, "type");
  if (type.empty()) faults.Required(path / "type", "must specify a metric target type");
  if (!type.empty() && type != "Utilization" && type != "Value" && type != "AverageValue") {
    faults.Invalid(path / "type", type, "must be either Utilization, Value, or AverageValue");
  }
  PositiveQuantity(path, target, "value", faults);
  PositiveQuantity(path, target, "averageValue", faults);
  const Json& percent = Member(target, "averageUtilization");
  if (percent.is_number_integer() && percent < 1) {
    faults.Invalid(path / "averageUtilization", percent.get<int64_t>(), "must be greater than 0");
  }
  const bool average = !Member(target, "averageValue").is_null();
  if (of_resource) {
    if (percent.is_null() && !average) {
      faults.Required(path / "averageUtilization", "must set either a target raw value or a target utilization");
    } else if (!percent.is_null() && average) {
      faults.Forbidden(path / "averageValue", "may not set both a target raw value and a target utilization");
    }
  } else if (Member(target, "value").is_null() && !average) {
    faults.Required(path / "averageValue", "must set either a target value for metric or a per-pod target");
  }
}

void ValidateMetricSource(const Json& source, const Path& path, std::string_view member, Faults& faults) {
  const bool of_resource = member == "resource" || member == "containerResource";
  ValidateMetricTarget(Member(source, "target"), path / "target", of_resource, faults);
  if (of_resource) {
    if (ReadString(source, "name").empty()) faults.Required(path / "name", "must specify a resource name");
  } else {
    faults.Named(path / "metric" / "name", ReadString(Member(source, "metric"), "name"), CheckPathSegment);
  }
  if (member == "containerResource" && ReadString(source, "container").empty()) {
    faults.Required(path / "container", "must specify a container name");
  }
  if (member != "object") return;
  const Json& described = Member(source, "describedObject");
  for (const std::string_view name : {"kind", "name"}) {
    faults.Named(path / "describedObject" / name, ReadString(described, name), CheckPathSegment);
  }
}

void ValidateMetric(const Json& metric, const Path& path, Faults& faults) {
  const std::string type = ReadString(metric, "type");
  if (type.empty()) return faults.Required(path / "type", "must specify a metric source type");
  faults.OneOf(path / "type", type, {"ContainerResource", "External", "Object", "Pods", "Resource"});
  for (const auto& [name, member] : kMetricSources) {
    const bool there = Member(metric, member).is_object();
    if (name == type && !there) {
      faults.Required(path / member, "must populate information for the given metric source");
    } else if (name != type && there) {
      faults.Forbidden(path / member, "must populate the given metric source only");
    }
    if (there) ValidateMetricSource(metric[std::string(member)], path / member, member, faults);
  }
}

void ValidatePolicy(const Json& policy, const Path& path, Faults& faults) {
  const std::string type = ReadString(policy, "type");
  if (type.empty()) faults.Required(path / "type");
  faults.OneOf(path / "type", type, {"Percent", "Pods"});
  for (const std::string_view member : {"value", "periodSeconds"}) {
    const int64_t value = ReadInt(policy, member);
    if (value <= 0) faults.Invalid(path / member, value, "must be greater than zero");
  }
  const int64_t period = ReadInt(policy, "periodSeconds");
  if (period > kLongestPeriod) {
    faults.Invalid(path / "periodSeconds", period, "must be less than or equal to 1800");
  }
}

void ValidateScaling(const Json& rules, const Path& path, Faults& faults) {
  if (!rules.is_object()) return;
  const int64_t window = ReadInt(rules, "stabilizationWindowSeconds");
  if (window < 0) {
    faults.Invalid(path / "stabilizationWindowSeconds", window, "must be greater than or equal to zero");
  } else if (window > kLongestStabilization) {
    faults.Invalid(path / "stabilizationWindowSeconds", window, "must be less than or equal to 3600");
  }
  faults.OneOf(path / "selectPolicy", ReadString(rules, "selectPolicy"), {"Disabled", "Max", "Min"});
  if (ReadQuantity(rules, "tolerance").IsNegative()) {
    faults.Invalid(path / "tolerance", ReadString(rules, "tolerance"), "must be greater than or equal to 0");
  }
  const Json& policies = Items(rules, "policies");
  if (policies.empty()) faults.Required(path / "policies", "must specify at least one Policy");
  for (size_t i = 0; i < policies.size(); ++i) ValidatePolicy(policies[i], (path / "policies")[i], faults);
}

}  // namespace

void ValidateAutoscaler(const Json& spec, Faults& faults) {
  const Path path("spec");
  const int64_t least = ReadInt(spec, "minReplicas", 1), most = ReadInt(spec, "maxReplicas");
  if (least < 1) faults.Invalid(path / "minReplicas", least, "must be greater than or equal to 1");
  if (most < 1) faults.Invalid(path / "maxReplicas", most, "must be greater than 0");
  if (most < least) faults.Invalid(path / "maxReplicas", most, "must be greater than or equal to `minReplicas`");
  const Json& target = Member(spec, "scaleTargetRef");
  for (const std::string_view member : {"kind", "name"}) {
    faults.Named(path / "scaleTargetRef" / member, ReadString(target, member), CheckPathSegment);
  }
  const Json& metrics = Items(spec, "metrics");
  for (size_t i = 0; i < metrics.size(); ++i) ValidateMetric(metrics[i], (path / "metrics")[i], faults);
  const Json& behavior = Member(spec, "behavior");
  for (const std::string_view member : {"scaleUp", "scaleDown"}) {
    ValidateScaling(Member(behavior, member), path / "behavior" / member, faults);
  }
}

}  // namespace ordinal::api

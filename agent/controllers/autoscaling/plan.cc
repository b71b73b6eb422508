#include "agent/controllers/autoscaling/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/api/read.h"
#include "agent/controllers/autoscaling/replicas.h"
#include "agent/controllers/conditions.h"

namespace ordinal::controllers::autoscaling {
namespace {

using api::HorizontalPodAutoscaler;
using api::Json;
using events::Severity;

/// One pass.
struct Pass {
  const Observed& seen;
  Memory& memory;
  Plan plan;
  Json conditions;

  void Set(const char* type, bool holds, std::string reason, std::string message) {
    SetCondition({type, holds ? "True" : "False", std::move(reason), std::move(message)}, seen.now, conditions);
  }
  void Warn(std::string reason, std::string message) {
    plan.says.push_back({Severity::kWarning, std::move(reason), std::move(message)});
  }
};

/// What one metric asks for, and what is shown of it.
struct Asked {
  int64_t replicas = 0;
  std::string name;
  Json shown;
};

/// Why a metric asks for nothing.
struct Silent {
  std::string reason;   ///< of the condition and the event
  std::string message;  ///< of these
  std::string error;    ///< of the whole
};

/// Quantity of thousandths, as the API writes them.
std::string MilliText(int64_t milli) { return api::Quantity::Canonical(fmt::format("{}m", milli)).value(); }

Tolerances TolerancesOf(const HorizontalPodAutoscaler& scaler) {
  Tolerances tolerances;
  tolerances.up = scaler.scale_up.tolerance.value_or(tolerances.up);
  tolerances.down = scaler.scale_down.tolerance.value_or(tolerances.down);
  return tolerances;
}

ResourceTarget TargetOfMetric(const Json& source) {
  ResourceTarget target;
  target.subject = {api::ReadString(source, "name"), api::ReadString(source, "container")};
  const Json& wanted = api::Member(source, "target");
  if (wanted.contains("averageValue")) {
    target.average_milli = api::ReadQuantity(wanted, "averageValue").MilliValue();
  } else {
    target.utilization = api::ReadInt(wanted, "averageUtilization");
  }
  return target;
}

std::variant<Asked, Silent> AskResource(const Pass& pass, const Json& metric, const char* member) {
  const Json& source = api::Member(metric, member);
  const ResourceTarget target = TargetOfMetric(source);
  const std::string& resource = target.subject.resource;
  const bool of_container = !target.subject.container.empty();
  const auto silent = [&](const std::string& why) {
    const std::string message =
        fmt::format("failed to get {} {}: {}", resource, target.utilization ? "utilization" : "usage", why);
    return Silent{of_container ? "FailedGetContainerResourceMetric" : "FailedGetResourceMetric", message,
                  of_container
                      ? fmt::format("failed to get {} container metric value: {}", target.subject.container, message)
                      : fmt::format("failed to get {} resource metric value: {}", resource, message)};
  };
  if (!pass.seen.items.ok()) {
    return silent(
        fmt::format("unable to get metrics for resource {}: unable to fetch metrics from resource metrics "
                    "API: {}",
                    resource, pass.seen.items.error().message));
  }
  const Measured measured{pass.seen.pods, *pass.seen.items, pass.seen.scale->wanted, TolerancesOf(pass.seen.scaler),
                          pass.seen.now};
  const Result<Proposal> proposal = ProposeReplicas(target, measured);
  if (!proposal.ok()) return silent(proposal.error().message);
  Json current{{"averageValue", MilliText(proposal->average_milli)}};
  if (proposal->utilization) current["averageUtilization"] = *proposal->utilization;
  Json shown{{"name", resource}, {"current", std::move(current)}};
  if (of_container) shown["container"] = target.subject.container;
  return Asked{proposal->replicas,
               resource + (target.utilization ? " resource utilization (percentage of request)" : " resource"),
               Json{{"type", api::ReadString(metric, "type")}, {member, std::move(shown)}}};
}

/// Of metrics that other APIs would tell.
Silent SilentOf(const std::string& type, const Json& source) {
  const std::string name = api::ReadString(api::Member(source, "metric"), "name");
  const bool external = type == "External";
  const std::string api = external ? "external.metrics.k8s.io" : "custom.metrics.k8s.io";
  const std::string message = fmt::format(
      "unable to get metric {}: no API {} is served by this agent; use metrics of type Resource or ContainerResource",
      name, api);
  const std::string what = external ? fmt::format("{} external", name) : type == "Pods" ? "pods" : "object";
  return {fmt::format("FailedGet{}Metric", type), message,
          fmt::format("failed to get {} metric value: {}", what, message)};
}

std::variant<Asked, Silent> Ask(const Pass& pass, const Json& metric) {
  const std::string type = api::ReadString(metric, "type");
  if (type == "Resource") return AskResource(pass, metric, "resource");
  if (type == "ContainerResource") return AskResource(pass, metric, "containerResource");
  const char* member = type == "Pods" ? "pods" : type == "Object" ? "object" : "external";
  return SilentOf(type, api::Member(metric, member));
}

/// Why the pods cannot be counted; empty: they can.
std::optional<Silent> SelectorFault(const Observed& seen) {
  const std::string& selector = seen.scale->selector;
  if (selector.empty())
    return Silent{"InvalidSelector", "the HPA target's scale is missing a selector", "selector is required"};
  if (seen.rivals.empty()) return std::nullopt;
  const HorizontalPodAutoscaler& scaler = seen.scaler;
  std::string all = scaler.meta.ns + "/" + scaler.meta.name;
  for (const std::string& rival : seen.rivals) all += " " + rival;
  const std::string message = fmt::format("pods by selector {} are controlled by multiple HPAs: [{}]", selector, all);
  return Silent{"AmbiguousSelector", message, message};
}

/// The largest number that a metric asks for; nothing when that cannot be said.
std::optional<Asked> AskAll(Pass& pass, Json& shown) {
  if (const auto fault = SelectorFault(pass.seen)) {
    const bool missing = fault->reason == "InvalidSelector";
    pass.Warn(missing ? "SelectorRequired" : fault->reason, fault->error);
    pass.Set("ScalingActive", false, fault->reason, fault->message);
    pass.Warn("FailedComputeMetricsReplicas", fault->error);
    return std::nullopt;
  }
  const Json& metrics = pass.seen.scaler.metrics();
  std::optional<Asked> best;
  std::optional<Silent> first;
  size_t invalid = 0;
  for (const Json& metric : metrics) {
    std::variant<Asked, Silent> answer = Ask(pass, metric);
    if (auto* silent = std::get_if<Silent>(&answer)) {
      pass.Warn(silent->reason, silent->message);
      if (invalid++ == 0) first = std::move(*silent);
      continue;
    }
    Asked& asked = std::get<Asked>(answer);
    shown.push_back(std::move(asked.shown));
    if (!best || asked.replicas > best->replicas) best = std::move(asked);
  }
  // With some that say nothing it may grow, and not shrink.
  if (!best || (invalid > 0 && best->replicas < pass.seen.scale->wanted)) {
    pass.Set("ScalingActive", false, first->reason,
             fmt::format("the HPA was unable to compute the replica count: {}", first->message));
    pass.Warn("FailedComputeMetricsReplicas", fmt::format("invalid metrics ({} invalid out of {}), first error is: {}",
                                                          invalid, metrics.size(), first->error));
    return std::nullopt;
  }
  pass.Set("ScalingActive", true, "ValidMetricFound",
           fmt::format("the HPA was able to successfully calculate a replica count from {}", best->name));
  return best;
}

void Decide(Pass& pass, const Asked& asked) {
  const HorizontalPodAutoscaler& scaler = pass.seen.scaler;
  const int64_t current = pass.seen.scale->wanted;
  const Rated rated = Rate(scaler, current, asked.replicas, pass.seen.steady, pass.memory);
  pass.Set("AbleToScale", true, rated.able.reason, rated.able.message);
  pass.Set("ScalingLimited", rated.limited, rated.limits.reason, rated.limits.message);
  if (rated.replicas == current) return;
  pass.plan.resize = rated.replicas;
  if (asked.replicas > current) pass.plan.why = asked.name + " above target";
  if (asked.replicas < current) pass.plan.why = "All metrics below target";
}

/// The target is off: nobody wants pods of it.
bool IsOff(const Observed& seen) { return seen.scale->wanted == 0 && seen.scaler.min_replicas != 0; }

bool IsInRange(const Observed& seen) {
  return seen.scale->wanted >= seen.scaler.min_replicas && seen.scale->wanted <= seen.scaler.max_replicas;
}

/// Whether the metrics have anything to say.
bool AskMetrics(Pass& pass) {
  const HorizontalPodAutoscaler& scaler = pass.seen.scaler;
  const int64_t current = pass.seen.scale->wanted;
  if (IsOff(pass.seen)) {
    pass.Set("ScalingActive", false, "ScalingDisabled",
             "scaling is disabled since the replica count of the target is zero");
    return false;
  }
  if (IsInRange(pass.seen)) return true;
  if (current > scaler.max_replicas) {
    pass.plan.resize = scaler.max_replicas;
    pass.plan.why = "Current number of replicas above Spec.MaxReplicas";
  } else {
    pass.plan.resize = scaler.min_replicas;
    pass.plan.why = "Current number of replicas below Spec.MinReplicas";
  }
  return false;
}

void MakeStatus(Pass& pass, int64_t current, int64_t desired, Json shown) {
  Json& status = pass.plan.status;
  status = Json{{"desiredReplicas", desired}};
  if (current != 0) status["currentReplicas"] = current;
  if (!shown.empty()) status["currentMetrics"] = std::move(shown);
  api::Carry(pass.seen.scaler.status(), "lastScaleTime", status);
  api::Carry(pass.seen.scaler.status(), "observedGeneration", status);
  status["conditions"] = std::move(pass.conditions);
}

}  // namespace

bool NeedsFigures(const Observed& seen) {
  if (!seen.scale.ok() || IsOff(seen) || !IsInRange(seen) || SelectorFault(seen) || seen.pods.empty()) return false;
  const Json& metrics = seen.scaler.metrics();
  return std::any_of(metrics.begin(), metrics.end(), [](const Json& metric) {
    const std::string type = api::ReadString(metric, "type");
    return type == "Resource" || type == "ContainerResource";
  });
}

Plan MakePlan(const Observed& seen, Memory& memory) {
  Pass pass{seen, memory, {}, api::Member(seen.scaler.status(), "conditions")};
  if (!pass.conditions.is_array()) pass.conditions = Json::array();
  const int64_t desired_before = api::ReadInt(seen.scaler.status(), "desiredReplicas");
  if (!seen.scale.ok()) {
    const std::string& why = seen.scale.error().message;
    pass.Warn("FailedGetScale", why);
    pass.Set("AbleToScale", false, "FailedGetScale",
             "the HPA controller was unable to get the target's current scale: " + why);
    MakeStatus(pass, api::ReadInt(seen.scaler.status(), "currentReplicas"), desired_before,
               api::Member(seen.scaler.status(), "currentMetrics"));
    return std::move(pass.plan);
  }
  pass.Set("AbleToScale", true, "SucceededGetScale", "the HPA controller was able to get the target's current scale");
  const int64_t current = seen.scale->wanted;
  pass.plan.from = current;
  if (memory.recommendations.empty()) memory.recommendations.push_back({current, seen.steady});
  Json shown = Json::array();
  int64_t desired = current;
  if (AskMetrics(pass)) {
    if (const std::optional<Asked> asked = AskAll(pass, shown)) {
      Decide(pass, *asked);
    } else {
      desired = desired_before;
    }
  }
  MakeStatus(pass, current, pass.plan.resize.value_or(desired), std::move(shown));
  return std::move(pass.plan);
}

void Settle(const Observed& seen, const Status& resized, Plan& plan) {
  Json& conditions = plan.status["conditions"];
  const int64_t size = *plan.resize;
  if (resized.ok()) {
    SetCondition({"AbleToScale", "True", "SucceededRescale",
                  fmt::format("the HPA controller was able to update the target scale to {}", size)},
                 seen.now, conditions);
    plan.says.push_back(
        {Severity::kNormal, "SuccessfulRescale", fmt::format("New size: {}; reason: {}", size, plan.why)});
    plan.status["lastScaleTime"] = FormatTime(seen.now);
    return;
  }
  const std::string& error = resized.error().message;
  SetCondition({"AbleToScale", "False", "FailedUpdateScale",
                "the HPA controller was unable to update the target scale: " + error},
               seen.now, conditions);
  plan.says.push_back(
      {Severity::kWarning, "FailedRescale", fmt::format("New size: {}; reason: {}; error: {}", size, plan.why, error)});
  plan.status["desiredReplicas"] = api::ReadInt(seen.scaler.status(), "desiredReplicas");
}

}  // namespace ordinal::controllers::autoscaling

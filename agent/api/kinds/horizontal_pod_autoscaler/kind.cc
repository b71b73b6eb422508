#include <algorithm>

#include "agent/api/faults.h"
#include "agent/api/kinds/horizontal_pod_autoscaler/fields.h"
#include "agent/api/kinds/horizontal_pod_autoscaler/rules.h"
#include "agent/api/kinds/horizontal_pod_autoscaler/v1.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/status_rules.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_horizontal_pod_autoscaler {
namespace {

constexpr size_t kShownMetrics = 2;
constexpr const char* kSources[] = {"resource", "containerResource", "pods", "object", "external"};

Json Policy(const char* type, int value, int seconds) {
  return Json{{"type", type}, {"value", value}, {"periodSeconds", seconds}};
}

void DefaultRules(Json policies, Json window, Json& behavior, const char* member) {
  Json rules{{"selectPolicy", "Max"}, {"policies", std::move(policies)}};
  if (!window.is_null()) rules["stabilizationWindowSeconds"] = std::move(window);
  if (behavior[member].is_object()) rules.update(behavior[member]);
  behavior[member] = std::move(rules);
}

/// Of a behaviour that is there; one that is not leaves the choice to the controller.
void SetDefaults(Json& body) {
  DropAutoscalerAnnotations(body);
  Json& spec = body["spec"];
  if (Items(spec, "metrics").empty()) spec["metrics"] = Json::array({CpuTarget(80)});
  if (!Member(spec, "behavior").is_object()) return;
  DefaultRules(Json::array({Policy("Pods", 4, 15), Policy("Percent", 100, 15)}), 0, spec["behavior"], "scaleUp");
  DefaultRules(Json::array({Policy("Percent", 100, 15)}), Json(), spec["behavior"], "scaleDown");
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidateAutoscaler(Member(body, "spec"), faults);
}

void Warn(const Json& body, std::vector<std::string>& warnings) {
  const Json& metrics = Items(Member(body, "spec"), "metrics");
  for (size_t i = 0; i < metrics.size(); ++i) {
    const std::string type = ReadString(metrics[i], "type");
    if (type != "Pods" && type != "Object" && type != "External") continue;
    warnings.push_back("spec.metrics[" + std::to_string(i) + "]: nobody here measures metrics of type " + type +
                       "; Resource and ContainerResource are");
  }
}

std::string ValueText(const Json& holder, const char* member) {
  const Json& value = Member(holder, member);
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "<unknown>" : value.dump();
}

/// "cpu: 12%/80%", "memory: 20Mi/64Mi", "7/10 (avg)".
std::string TargetText(const Json& metric, const Json& seen) {
  for (const char* member : {"resource", "containerResource"}) {
    const Json& source = Member(metric, member);
    if (!source.is_object()) continue;
    const Json &target = Member(source, "target"), &current = Member(Member(seen, member), "current");
    const std::string name = ReadString(source, "name") + ": ";
    if (!Member(target, "averageValue").is_null()) {
      return name + ValueText(current, "averageValue") + "/" + ValueText(target, "averageValue");
    }
    const bool known = !Member(current, "averageUtilization").is_null();
    return name + ValueText(current, "averageUtilization") + (known ? "%" : "") + "/" +
           ValueText(target, "averageUtilization") + "%";
  }
  for (const char* member : {"pods", "object", "external"}) {
    const Json& source = Member(metric, member);
    if (!source.is_object()) continue;
    const Json &target = Member(source, "target"), &current = Member(Member(seen, member), "current");
    const bool average = !Member(target, "averageValue").is_null();
    const char* wanted = average ? "averageValue" : "value";
    const char* end = average && std::string_view(member) != "pods" ? " (avg)" : "";
    return ValueText(current, wanted) + "/" + ValueText(target, wanted) + end;
  }
  return "<unknown type>";
}

/// What was seen of the metric; null when nothing was.
const Json& SeenOf(const Json& metric, const Json& all) {
  static const Json none;
  const std::string type = ReadString(metric, "type");
  for (const Json& seen : all) {
    if (ReadString(seen, "type") != type) continue;
    const bool same = std::all_of(std::begin(kSources), std::end(kSources), [&](const char* member) {
      const Json &wanted = Member(metric, member), &told = Member(seen, member);
      return Member(wanted, "name") == Member(told, "name") &&
             Member(wanted, "container") == Member(told, "container") &&
             Member(wanted, "metric") == Member(told, "metric");
    });
    if (same) return seen;
  }
  return none;
}

std::string Targets(const Json& body) {
  const Json& metrics = Items(Member(body, "spec"), "metrics");
  const Json& seen = Items(Member(body, "status"), "currentMetrics");
  std::vector<std::string> texts;
  for (size_t i = 0; i < metrics.size() && i < kShownMetrics; ++i) {
    texts.push_back(TargetText(metrics[i], SeenOf(metrics[i], seen)));
  }
  if (texts.empty()) return "<none>";
  const std::string more =
      metrics.size() > kShownMetrics ? " + " + std::to_string(metrics.size() - kShownMetrics) + " more..." : "";
  return Join(texts, ", ") + more;
}

Json Cells(const Json& body, WallTime now) {
  const Json& spec = Member(body, "spec");
  const std::string of = TextCell(spec, {"scaleTargetRef", "kind"}) + "/" + TextCell(spec, {"scaleTargetRef", "name"});
  const Json& least = Member(spec, "minReplicas");
  return {NameCell(body),
          of,
          Targets(body),
          least.is_null() ? "<unset>" : least.dump(),
          ReadInt(spec, "maxReplicas"),
          ReadInt(Member(body, "status"), "currentReplicas"),
          AgeCell(body, now)};
}

Json FirstStatus(const Json&, WallTime) { return {{"desiredReplicas", 0}}; }

constexpr std::string_view kShort[] = {"hpa"};
constexpr std::string_view kCategories[] = {"all"};
constexpr std::string_view kSubresources[] = {"status"};
constexpr std::string_view kOtherVersions[] = {"autoscaling/v1"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Reference", "string", "", "The set that is scaled.", 0},
    {"Targets", "string", "", "What is seen, and what it should be.", 0},
    {"MinPods", "string", "", "The smallest number of pods.", 0},
    {"MaxPods", "string", "", "The largest number of pods.", 0},
    {"Replicas", "string", "", "How many pods there are.", 0},
    kAgeColumn,
};

void ValidateStatus(const Json& body, const Json&, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidateCounts(Member(body, "status"), {"currentReplicas", "desiredReplicas"}, faults);
}

}  // namespace

constinit const KindInfo kKind{
    .group = "autoscaling",
    .version = "v2",
    .kind = "HorizontalPodAutoscaler",
    .plural = "horizontalpodautoscalers",
    .singular = "horizontalpodautoscaler",
    .short_names = kShort,
    .schema = &schema::kHorizontalPodAutoscaler,
    .old_versions = kOtherVersions,
    .convert = ConvertAutoscalerV1,
    .find_unreadable = FindUnreadableV1,
    .present = PresentAutoscalerV1,
    .old_schema = &schema::kHorizontalPodAutoscalerV1,
    .set_defaults = SetDefaults,
    .validate = Validate,
    .validate_status = ValidateStatus,
    .warn = Warn,
    .in_manifests = true,
    .categories = kCategories,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
};

}  // namespace ordinal::api::kinds::of_horizontal_pod_autoscaler

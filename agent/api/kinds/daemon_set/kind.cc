#include "agent/api/faults.h"
#include "agent/api/kinds/daemon_set/fields.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/pod/defaults.h"
#include "agent/api/kinds/pod/template_rules.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/old_apps.h"
#include "agent/api/kinds/shared/status_rules.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_daemon_set {
namespace {

/// Before apps/v1beta2 a changed template reached a pod when it was deleted.
void Convert(Json& body, std::vector<std::string>& warnings) {
  const std::string old_version = ConvertOldApps(body, warnings);
  if (old_version != "extensions/v1beta1" || !Member(body, "spec").is_object()) return;
  Json& strategy = body["spec"]["updateStrategy"];
  if ((strategy.is_object() || strategy.is_null()) && ReadString(strategy, "type").empty()) {
    strategy["type"] = "OnDelete";
  }
}

void SetDefaults(Json& body) {
  Json& spec = body["spec"];
  DefaultPodSpec(spec["template"]["spec"]);
  Json& strategy = spec["updateStrategy"];
  if (ReadString(strategy, "type") == "RollingUpdate" && !strategy.contains("rollingUpdate")) {
    strategy["rollingUpdate"] = {{"maxSurge", 0}, {"maxUnavailable", 1}};
  }
}

bool AsksForNone(const Json& value) {
  if (value.is_string()) return value.get_ref<const std::string&>().find_first_not_of("0%") == std::string::npos;
  return !value.is_number_integer() || value == 0;
}

void ValidateStrategy(const Json& spec, Faults& faults) {
  const Path path("spec.updateStrategy");
  const Json& strategy = Member(spec, "updateStrategy");
  const std::string type = ReadString(strategy, "type");
  faults.OneOf(path / "type", type, schema::kDaemonStrategyTypes);
  if (type != "RollingUpdate") return;
  const Json& rolling = Member(strategy, "rollingUpdate");
  const Path at = path / "rollingUpdate";
  if (!rolling.is_object()) return faults.Required(at);
  const Json &unavailable = Member(rolling, "maxUnavailable"), &surge = Member(rolling, "maxSurge");
  ValidateIntOrPercent(unavailable, at / "maxUnavailable", true, faults);
  ValidateIntOrPercent(surge, at / "maxSurge", true, faults);
  if (AsksForNone(unavailable) && AsksForNone(surge)) {
    faults.Required(at / "maxUnavailable", "cannot be 0 when maxSurge is 0");
  } else if (!AsksForNone(unavailable) && !AsksForNone(surge)) {
    faults.Add(at / "maxSurge", kInvalid,
               "Invalid value: " + surge.dump() + ": may not be set when maxUnavailable is non-zero");
  }
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  for (const std::string_view member : {"minReadySeconds", "revisionHistoryLimit"}) {
    faults.NotNegative(Path("spec") / member, ReadInt(spec, member));
  }
  ValidateStrategy(spec, faults);
  ValidateSelectorAndTemplate(spec, "DaemonSet", {}, faults);
}

Json Cells(const Json& body, WallTime now) {
  const Json& spec = Member(body, "spec");
  const Json& status = Member(body, "status");
  return {NameCell(body),
          ReadInt(status, "desiredNumberScheduled"),
          ReadInt(status, "currentNumberScheduled"),
          ReadInt(status, "numberReady"),
          ReadInt(status, "updatedNumberScheduled"),
          ReadInt(status, "numberAvailable"),
          LabelsCell(At(spec, {"template", "spec", "nodeSelector"})),
          AgeCell(body, now),
          TemplateNames(body),
          TemplateImages(body),
          SelectorCell(Member(spec, "selector"))};
}

constexpr std::string_view kShort[] = {"ds"};
constexpr std::string_view kCategories[] = {"all"};
constexpr std::string_view kSubresources[] = {"status"};
constexpr std::string_view kOldVersions[] = {"apps/v1beta2", "extensions/v1beta1"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Desired", "integer", "", "How many nodes should have a pod.", 0},
    {"Current", "integer", "", "How many of them have one.", 0},
    {"Ready", "integer", "", "How many of them have a ready one.", 0},
    {"Up-to-date", "integer", "", "How many pods are of the newest template.", 0},
    {"Available", "integer", "", "How many pods have been ready for minReadySeconds.", 0},
    {"Node Selector", "string", "", "The labels of the nodes that get a pod.", 0},
    kAgeColumn,
    kContainersColumn,
    kImagesColumn,
    kSelectorColumn,
};

Json FirstStatus(const Json&, WallTime) {
  return {{"currentNumberScheduled", 0}, {"desiredNumberScheduled", 0}, {"numberMisscheduled", 0}, {"numberReady", 0}};
}

void ValidateStatus(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& status = Member(body, "status");
  ValidateCounts(status,
                 {"currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady",
                  "observedGeneration", "updatedNumberScheduled", "numberAvailable", "numberUnavailable"},
                 faults);
  ValidateCollisionCount(status, Member(old_body, "status"), faults);
}

}  // namespace

constinit const KindInfo kKind{
    .group = "apps",
    .version = "v1",
    .kind = "DaemonSet",
    .plural = "daemonsets",
    .singular = "daemonset",
    .short_names = kShort,
    .schema = &schema::kDaemonSet,
    .old_versions = kOldVersions,
    .convert = Convert,
    .set_defaults = SetDefaults,
    .validate = Validate,
    .validate_status = ValidateStatus,
    .warn = WarnOfTemplate,
    .in_manifests = true,
    .categories = kCategories,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_daemon_set

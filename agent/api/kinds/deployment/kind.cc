#include <limits>

#include "agent/api/faults.h"
#include "agent/api/kinds/deployment/fields.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/pod/defaults.h"
#include "agent/api/kinds/pod/template_rules.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/old_apps.h"
#include "agent/api/kinds/shared/status_rules.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_deployment {
namespace {

/// "No limit" was written as the largest number in extensions/v1beta1.
constexpr int64_t kNoLimit = std::numeric_limits<int32_t>::max();
constexpr int64_t kKeptRevisions = 2;

void Convert(Json& body, std::vector<std::string>& warnings) {
  const std::string old_version = ConvertOldApps(body, warnings);
  if (!Member(body, "spec").is_object()) return;
  Json& spec = body["spec"];
  const auto fill = [](Json& object, const char* member, Json value) {
    if (Member(object, member).is_null()) object[member] = std::move(value);
  };
  if (old_version == "apps/v1beta1") fill(spec, "revisionHistoryLimit", kKeptRevisions);
  if (old_version != "extensions/v1beta1") return;
  fill(spec, "revisionHistoryLimit", kNoLimit);
  fill(spec, "progressDeadlineSeconds", kNoLimit);
  Json& strategy = spec["strategy"];
  if (ReadString(strategy, "type", "RollingUpdate") != "RollingUpdate") return;
  if (!strategy.is_object() && !strategy.is_null()) return;
  Json& rolling = strategy["rollingUpdate"];
  if (!rolling.is_object() && !rolling.is_null()) return;
  fill(rolling, "maxSurge", 1);
  fill(rolling, "maxUnavailable", 1);
}

void SetDefaults(Json& body) {
  Json& spec = body["spec"];
  DefaultPodSpec(spec["template"]["spec"]);
  Json& strategy = spec["strategy"];
  if (ReadString(strategy, "type") == "RollingUpdate" && !strategy.contains("rollingUpdate")) {
    strategy["rollingUpdate"] = {{"maxSurge", "25%"}, {"maxUnavailable", "25%"}};
  }
}

bool IsZero(const Json& value) { return value == 0 || value == "0%"; }

void ValidateStrategy(const Json& spec, Faults& faults) {
  const Path path("spec.strategy");
  const Json& strategy = Member(spec, "strategy");
  const std::string type = ReadString(strategy, "type");
  faults.OneOf(path / "type", type, schema::kStrategyTypes);
  const Json& rolling = Member(strategy, "rollingUpdate");
  const Path at = path / "rollingUpdate";
  if (type == "Recreate" && rolling.is_object()) {
    faults.Forbidden(at, "may not be given when strategy type is Recreate");
  }
  if (type != "RollingUpdate" || !rolling.is_object()) return;
  ValidateIntOrPercent(Member(rolling, "maxUnavailable"), at / "maxUnavailable", true, faults);
  ValidateIntOrPercent(Member(rolling, "maxSurge"), at / "maxSurge", false, faults);
  if (IsZero(Member(rolling, "maxUnavailable")) && IsZero(Member(rolling, "maxSurge"))) {
    faults.Add(at / "maxUnavailable", kInvalid, "may not be 0 when maxSurge is 0: no pod could be replaced");
  }
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const Path path("spec");
  for (const std::string_view member :
       {"replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"}) {
    faults.NotNegative(path / member, ReadInt(spec, member));
  }
  const int64_t deadline = ReadInt(spec, "progressDeadlineSeconds");
  if (deadline <= ReadInt(spec, "minReadySeconds")) {
    faults.Invalid(path / "progressDeadlineSeconds", deadline, "must be more than minReadySeconds");
  }
  ValidateStrategy(spec, faults);
  ValidateSelectorAndTemplate(spec, "Deployment", {}, faults);
}

Json Cells(const Json& body, WallTime now) {
  const Json& spec = Member(body, "spec");
  const Json& status = Member(body, "status");
  return {NameCell(body),
          ReadyCell(body),
          ReadInt(status, "updatedReplicas"),
          ReadInt(status, "availableReplicas"),
          AgeCell(body, now),
          TemplateNames(body),
          TemplateImages(body),
          SelectorCell(Member(spec, "selector"))};
}

constexpr std::string_view kShort[] = {"deploy"};
constexpr std::string_view kCategories[] = {"all"};
constexpr std::string_view kSubresources[] = {"scale", "status"};
constexpr std::string_view kOldVersions[] = {"apps/v1beta1", "apps/v1beta2", "extensions/v1beta1"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Ready", "string", "", "How many pods are ready, of how many wanted.", 0},
    {"Up-to-date", "string", "", "How many pods are of the newest template.", 0},
    {"Available", "string", "", "How many pods have been ready for minReadySeconds.", 0},
    kAgeColumn,
    kContainersColumn,
    kImagesColumn,
    kSelectorColumn,
};

Json FirstStatus(const Json&, WallTime) { return Json::object(); }

void ValidateStatus(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& status = Member(body, "status");
  ValidateReplicaCounts(status, {"updatedReplicas", "readyReplicas", "availableReplicas"}, faults);
  ValidateCounts(status, {"unavailableReplicas", "terminatingReplicas"}, faults);
  ValidateCollisionCount(status, Member(old_body, "status"), faults);
}

}  // namespace

constinit const KindInfo kKind{
    .group = "apps",
    .version = "v1",
    .kind = "Deployment",
    .plural = "deployments",
    .singular = "deployment",
    .short_names = kShort,
    .schema = &schema::kDeployment,
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

}  // namespace ordinal::api::kinds::of_deployment

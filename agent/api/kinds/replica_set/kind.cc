#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/pod/defaults.h"
#include "agent/api/kinds/pod/template_rules.h"
#include "agent/api/kinds/replica_set/fields.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/old_apps.h"
#include "agent/api/kinds/shared/status_rules.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_replica_set {
namespace {

void Convert(Json& body, std::vector<std::string>& warnings) { ConvertOldApps(body, warnings); }

void SetDefaults(Json& body) { DefaultPodSpec(body["spec"]["template"]["spec"]); }

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  for (const std::string_view member : {"replicas", "minReadySeconds"}) {
    faults.NotNegative(Path("spec") / member, ReadInt(spec, member));
  }
  ValidateSelectorAndTemplate(spec, "ReplicaSet", {}, faults);
}

Json Cells(const Json& body, WallTime now) {
  const Json& spec = Member(body, "spec");
  const Json& status = Member(body, "status");
  return {NameCell(body),
          ReadInt(spec, "replicas", 1),
          ReadInt(status, "replicas"),
          ReadInt(status, "readyReplicas"),
          AgeCell(body, now),
          TemplateNames(body),
          TemplateImages(body),
          SelectorCell(Member(spec, "selector"))};
}

constexpr std::string_view kShort[] = {"rs"};
constexpr std::string_view kCategories[] = {"all"};
constexpr std::string_view kSubresources[] = {"scale", "status"};
constexpr std::string_view kFieldLabels[] = {"status.replicas"};
constexpr std::string_view kOldVersions[] = {"apps/v1beta2", "extensions/v1beta1"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Desired", "integer", "", "How many pods are wanted.", 0},
    {"Current", "integer", "", "How many pods there are.", 0},
    {"Ready", "integer", "", "How many pods are ready.", 0},
    kAgeColumn,
    kContainersColumn,
    kImagesColumn,
    kSelectorColumn,
};

Json FirstStatus(const Json&, WallTime) { return {{"replicas", 0}}; }

void ValidateStatus(const Json& body, const Json&, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& status = Member(body, "status");
  ValidateReplicaCounts(status, {"fullyLabeledReplicas", "readyReplicas", "availableReplicas"}, faults);
  ValidateCounts(status, {"terminatingReplicas"}, faults);
}

}  // namespace

constinit const KindInfo kKind{
    .group = "apps",
    .version = "v1",
    .kind = "ReplicaSet",
    .plural = "replicasets",
    .singular = "replicaset",
    .short_names = kShort,
    .schema = &schema::kReplicaSet,
    .old_versions = kOldVersions,
    .convert = Convert,
    .set_defaults = SetDefaults,
    .validate = Validate,
    .validate_status = ValidateStatus,
    .warn = WarnOfTemplate,
    .in_manifests = true,
    .categories = kCategories,
    .field_labels = kFieldLabels,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_replica_set

#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/pod/defaults.h"
#include "agent/api/kinds/pod/template_rules.h"
#include "agent/api/kinds/replication_controller/fields.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/kinds/shared/status_rules.h"
#include "agent/api/read.h"
#include "agent/api/selector.h"

namespace ordinal::api::kinds::of_replication_controller {
namespace {

/// Selector and labels that are not written are those of the template.
void SetDefaults(Json& body) {
  Json& spec = body["spec"];
  if (!Member(spec, "template").is_object()) return;
  DefaultPodSpec(spec["template"]["spec"]);
  const Json labels = At(spec, {"template", "metadata", "labels"});
  if (!labels.is_object() || labels.empty()) return;
  if (Member(spec, "selector").empty()) spec["selector"] = labels;
  if (At(body, {"metadata", "labels"}).empty()) body["metadata"]["labels"] = labels;
}

void ValidateTemplate(const Json& spec, Faults& faults) {
  const Path path("spec.template");
  const Json& pod_template = Member(spec, "template");
  if (!pod_template.is_object()) return;  // said of the field
  const StringMap selector = ReadStringMap(spec, "selector");
  const StringMap labels = ReadStringMap(Member(pod_template, "metadata"), "labels");
  if (!selector.empty() && !Selector::FromMap(selector).Matches(labels)) {
    faults.Add(path / "metadata" / "labels", kInvalid,
               "spec.selector does not match the labels " + Json(labels).dump() + " of the template");
  }
  ValidateEndlessTemplate(pod_template, path, "ReplicationController", {}, faults);
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const Path path("spec");
  for (const std::string_view member : {"replicas", "minReadySeconds"}) {
    faults.NotNegative(path / member, ReadInt(spec, member));
  }
  const Json& selector = Member(spec, "selector");
  if (selector.empty()) faults.Required(path / "selector");
  ValidateLabels(selector, path / "selector", faults);
  ValidateTemplate(spec, faults);
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
          LabelsCell(Member(spec, "selector"))};
}

constexpr std::string_view kShort[] = {"rc"};
constexpr std::string_view kCategories[] = {"all"};
constexpr std::string_view kSubresources[] = {"scale", "status"};
constexpr std::string_view kFieldLabels[] = {"status.replicas"};
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
  ValidateReplicaCounts(Member(body, "status"), {"fullyLabeledReplicas", "readyReplicas", "availableReplicas"}, faults);
}

}  // namespace

constinit const KindInfo kKind{
    .group = "",
    .version = "v1",
    .kind = "ReplicationController",
    .plural = "replicationcontrollers",
    .singular = "replicationcontroller",
    .short_names = kShort,
    .schema = &schema::kReplicationController,
    .old_versions = {},
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
    .orphans_unless_asked = true,
    .plain_selector = true,
};

}  // namespace ordinal::api::kinds::of_replication_controller

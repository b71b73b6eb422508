#include <algorithm>

#include "agent/api/faults.h"
#include "agent/api/kinds/job/fields.h"
#include "agent/api/kinds/job/labels.h"
#include "agent/api/kinds/job/rules.h"
#include "agent/api/kinds/job/selector.h"
#include "agent/api/kinds/job/status_rules.h"
#include "agent/api/kinds/job/table.h"
#include "agent/api/kinds/job/update_rules.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/pod/template_rules.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_job {
namespace {

void SetDefaults(Json& body) {
  DefaultJobSpec(body["spec"]);
  Json& metadata = body["metadata"];
  const Json& labels = Member(Member(Member(body["spec"], "template"), "metadata"), "labels");
  if (Member(metadata, "labels").empty() && !labels.empty()) metadata["labels"] = labels;
}

/// The names of the pods' hosts: <job>-<index>.
void ValidateHostNames(const Json& body, Faults& faults) {
  const Json& spec = Member(body, "spec");
  const int64_t completions = ReadInt(spec, "completions");
  if (ReadString(spec, "completionMode") != "Indexed" || completions <= 0) return;
  const std::string name = ReadString(Member(body, "metadata"), "name");
  const std::string longest = name + "-" + std::to_string(completions - 1);
  if (auto complaint = CheckDnsLabel(longest)) {
    faults.Invalid(Path("metadata.name"), name, "makes " + longest + " the name of a pod's host, which " + *complaint);
  }
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  ValidateJobSpec(spec, Path("spec"), faults);
  ValidateSelector(Member(spec, "selector"), Path("spec.selector"), faults);
  if (ReadBool(spec, "manualSelector") && !spec.contains("selector")) {
    faults.Required(Path("spec.selector"), "is required with manualSelector");
  }
  ValidateHostNames(body, faults);
}

void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidateJobUpdate(body, old_body, faults);
}

void ValidateStatus(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidateJobStatus(body, old_body, faults);
}

Json FirstStatus(const Json&, WallTime) { return Json::object(); }

constexpr std::string_view kCategories[] = {"all"};
constexpr std::string_view kSubresources[] = {"status"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Status", "string", "", "Running, Complete, Failed, Suspended …", 0},
    {"Completions", "string", "", "How many pods succeeded, of how many wanted.", 0},
    {"Duration", "string", "", "How long it took from its start to its end, or until now.", 0},
    kAgeColumn,
    kContainersColumn,
    kImagesColumn,
    kSelectorColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "batch",
    .version = "v1",
    .kind = "Job",
    .plural = "jobs",
    .singular = "job",
    .short_names = {},
    .schema = &schema::kJob,
    .old_versions = {},
    .set_defaults = SetDefaults,
    .validate = Validate,
    .validate_update = ValidateUpdate,
    .validate_status = ValidateStatus,
    .warn = WarnOfTemplate,
    .in_manifests = true,
    .categories = kCategories,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = JobCells,
    .first_status = FirstStatus,
    .counts_generation = true,
    .finish_new = SelectOwnPods,
    .orphans_unless_asked = true,
};

}  // namespace ordinal::api::kinds::of_job

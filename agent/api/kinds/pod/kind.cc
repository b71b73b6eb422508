#include "agent/api/kinds/pod/view.h"

#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/pod/defaults.h"
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/pod/rules.h"
#include "agent/api/kinds/pod/table.h"
#include "agent/api/schema/unsupported.h"

namespace ordinal::api::kinds::of_pod {
namespace {

void SetDefaults(Json& body) {
  Json& spec = body["spec"];
  DefaultPodSpec(spec);
  DefaultPodOnly(spec);
  Json& status = body["status"];
  if (!status.contains("qosClass")) status["qosClass"] = QosClass(ReadPodSpec(spec));
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  ValidatePodSpec(spec, Path("spec"), {}, faults);
  ValidateProbePeriods(Member(body, "metadata"), spec, Path("metadata"), faults);
  auto unsupported = UnsupportedFields(schema::kPodSpec, spec, "spec");
  errors.insert(errors.end(), unsupported.begin(), unsupported.end());
}

void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidatePodSpecUpdate(Member(body, "spec"), Member(old_body, "spec"), faults);
}

void Warn(const Json& body, std::vector<std::string>& warnings) {
  auto ignored = IneffectiveFields(schema::kPodSpec, Member(body, "spec"), "spec");
  WarnOfHooks(Member(body, "spec"), "spec", warnings);
  warnings.insert(warnings.end(), ignored.begin(), ignored.end());
}

constexpr std::string_view kShort[] = {"po"};

constexpr std::string_view kCategories[] = {"all"};
constexpr std::string_view kFieldLabels[] = {
    "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",  "spec.hostNetwork",
    "status.phase",  "status.podIP",       "status.podIPs",      "status.nominatedNodeName",
};
constexpr std::string_view kSubresources[] = {
    "attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "proxy", "resize", "status",
};

Json FirstStatus(const Json& body, WallTime) {
  return {{"phase", "Pending"}, {"qosClass", QosClass(ReadPodSpec(Member(body, "spec")))}};
}

}  // namespace

constinit const KindInfo kKind{
    .group = "",
    .version = "v1",
    .kind = "Pod",
    .plural = "pods",
    .singular = "pod",
    .short_names = kShort,
    .schema = &schema::kPod,
    .old_versions = {},
    .set_defaults = SetDefaults,
    .validate = Validate,
    .validate_update = ValidateUpdate,
    .warn = Warn,
    .in_manifests = true,
    .categories = kCategories,
    .field_labels = kFieldLabels,
    .subresources = kSubresources,
    .columns = kPodColumns,
    .cells = PodCells,
    .first_status = FirstStatus,
    .counts_generation = true,
    .placed_by = "nodeName",
    .shown_when_deleted = true,
    .row_conditions = PodRowConditions,
};

}  // namespace ordinal::api::kinds::of_pod

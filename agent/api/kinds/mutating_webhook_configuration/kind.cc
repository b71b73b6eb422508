#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/mutating_webhook_configuration/fields.h"
#include "agent/api/kinds/shared/admission_rules.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_mutating_webhook_configuration {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidateWebhooks(body, true, faults);
}

void Warn(const Json&, std::vector<std::string>& warnings) { warnings.push_back(NobodyAsks("webhooks")); }

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), Items(body, "webhooks").size(), AgeCell(body, now)};
}

constexpr std::string_view kCategories[] = {"api-extensions"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Webhooks", "integer", "", "How many webhooks are asked.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "admissionregistration.k8s.io",
    .version = "v1",
    .kind = "MutatingWebhookConfiguration",
    .plural = "mutatingwebhookconfigurations",
    .singular = "mutatingwebhookconfiguration",
    .short_names = {},
    .namespaced = false,
    .schema = &schema::kMutatingWebhookConfiguration,
    .old_versions = {},
    .validate = Validate,
    .warn = Warn,
    .in_manifests = true,
    .categories = kCategories,
    .columns = kColumns,
    .cells = Cells,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_mutating_webhook_configuration

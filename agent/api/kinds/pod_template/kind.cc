#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/pod/defaults.h"
#include "agent/api/kinds/pod/template_rules.h"
#include "agent/api/kinds/pod_template/fields.h"
#include "agent/api/kinds/shared/cells.h"

namespace ordinal::api::kinds::of_pod_template {
namespace {

void SetDefaults(Json& body) { DefaultPodSpec(body["template"]["spec"]); }

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidatePodTemplate(Member(body, "template"), Path("template"), {}, faults);
}

/// Cells of sets look for a template below spec.
Json Cells(const Json& body, WallTime) {
  const Json as_set = Json{{"spec", Json{{"template", Member(body, "template")}}}};
  return {NameCell(body), TemplateNames(as_set), TemplateImages(as_set),
          LabelsCell(At(body, {"template", "metadata", "labels"}))};
}

constexpr Column kColumns[] = {
    kNameColumn,
    {"Containers", "string", "", "The names of the template's containers.", 0},
    {"Images", "string", "", "The images of the template's containers.", 0},
    {"Pod Labels", "string", "", "The labels the pods would have.", 0},
};

}  // namespace

constinit const KindInfo kKind{
    .group = "",
    .version = "v1",
    .kind = "PodTemplate",
    .plural = "podtemplates",
    .singular = "podtemplate",
    .short_names = {},
    .schema = &schema::kPodTemplate,
    .old_versions = {},
    .set_defaults = SetDefaults,
    .validate = Validate,
    .in_manifests = true,
    .columns = kColumns,
    .cells = Cells,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_pod_template

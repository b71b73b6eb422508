#include "agent/api/custom/structural.h"
#include "agent/api/faults.h"
#include "agent/api/kinds/custom_resource_definition/fields.h"
#include "agent/api/kinds/custom_resource_definition/rules.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_custom_resource_definition {
namespace {

constexpr size_t kMostWarnedRules = 20;

void SetDefaults(Json& body) {
  if (!Member(body, "spec").is_object()) return;
  Json& spec = body["spec"];
  if (Member(spec, "names").is_object()) {
    Json& names = spec["names"];
    const std::string kind = ReadString(names, "kind");
    std::string lower = kind;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (ReadString(names, "singular").empty() && !kind.empty()) names["singular"] = lower;
    if (ReadString(names, "listKind").empty() && !kind.empty()) names["listKind"] = kind + "List";
  }
  if (!Member(spec, "conversion").is_object()) spec["conversion"] = Json::object();
  if (ReadString(spec["conversion"], "strategy").empty()) spec["conversion"]["strategy"] = "None";
  // False is how the field is left out (omitempty).
  if (Member(spec, "preserveUnknownFields") == false) spec.erase("preserveUnknownFields");
}

Json FirstStatus(const Json& body, WallTime) {
  Json status = {{"acceptedNames", {{"kind", ""}, {"plural", ""}}}};
  for (const Json& version : Items(Member(body, "spec"), "versions")) {
    if (ReadBool(version, "storage")) status["storedVersions"].push_back(ReadString(version, "name"));
  }
  return status;
}

/// Operators must install, and nobody shall believe that rules are kept which are not.
void Warn(const Json& body, std::vector<std::string>& warnings) {
  const Json& spec = Member(body, "spec");
  const Json& versions = Items(spec, "versions");
  for (size_t i = 0; i < versions.size(); ++i) {
    const Path path = Path("spec.versions")[i] / "schema" / "openAPIV3Schema";
    const Json& schema = Member(Member(versions[i], "schema"), "openAPIV3Schema");
    for (const std::string& rule : custom::UnevaluatedRules(schema, path, kMostWarnedRules)) {
      const size_t colon = rule.find(": ");
      warnings.push_back(rule.substr(0, colon) + ".x-kubernetes-validations: this agent does not evaluate the rule" +
                         rule.substr(colon + 1));
    }
  }
}

Json Cells(const Json& body, WallTime) {
  return {NameCell(body), ReadString(Member(body, "metadata"), "creationTimestamp")};
}

constexpr std::string_view kShort[] = {"crd", "crds"};
constexpr std::string_view kSubresources[] = {"status"};
constexpr std::string_view kCategories[] = {"api-extensions"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Created At", "date", "", "When the object was made.", 0},
};

}  // namespace

constinit const KindInfo kKind{
    .group = "apiextensions.k8s.io",
    .version = "v1",
    .kind = "CustomResourceDefinition",
    .plural = "customresourcedefinitions",
    .singular = "customresourcedefinition",
    .short_names = kShort,
    .namespaced = false,
    .schema = &schema::kCustomResourceDefinition,
    .old_versions = {},
    .set_defaults = SetDefaults,
    .validate = ValidateDefinition,
    .validate_update = ValidateDefinitionUpdate,
    .validate_status = ValidateDefinitionStatus,
    .warn = Warn,
    .in_manifests = true,
    .categories = kCategories,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .counts_generation = true,
    .protection = "customresourcecleanup.apiextensions.k8s.io",
    .shown_when_deleted = true,
};

}  // namespace ordinal::api::kinds::of_custom_resource_definition

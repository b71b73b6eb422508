#include "agent/api/faults.h"
#include "agent/api/kinds/ingress_class/fields.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/domain_rules.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_ingress_class {
namespace {

constexpr size_t kLongestController = 250;

void ValidateParameters(const Json& parameters, const Path& path, Faults& faults) {
  if (!parameters.is_object()) return;
  for (const std::string_view member : {"kind", "name"}) {
    faults.Named(path / member, ReadString(parameters, member), CheckPathSegment);
  }
  faults.Syntax(path / "apiGroup", ReadString(parameters, "apiGroup"), CheckDnsSubdomain);
  const std::string scope = ReadString(parameters, "scope"), ns = ReadString(parameters, "namespace");
  faults.OneOf(path / "scope", scope, {"Cluster", "Namespace"});
  if (scope == "Namespace") faults.Named(path / "namespace", ns, CheckDnsLabel);
  if (scope == "Cluster" && !ns.empty()) {
    faults.Forbidden(path / "namespace", "may not be set when scope is Cluster");
  }
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const Path path("spec");
  const std::string controller = ReadString(spec, "controller");
  if (controller.size() > kLongestController) {
    faults.Add(path / "controller", kTooLong, "must have at most 250 bytes");
  } else if (controller.empty()) {
    faults.Required(path / "controller");
  } else if (const auto complaint = CheckDomainPath(controller)) {
    faults.Invalid(path / "controller", controller, *complaint);
  }
  ValidateParameters(Member(spec, "parameters"), path / "parameters", faults);
}

void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  if (At(body, {"spec", "controller"}) == At(old_body, {"spec", "controller"})) return;
  Faults(errors).Invalid(Path("spec.controller"), TextCell(body, {"spec", "controller"}), "field is immutable");
}

std::string Parameters(const Json& body) {
  const Json& parameters = At(body, {"spec", "parameters"});
  if (!parameters.is_object()) return "<none>";
  const std::string group = ReadString(parameters, "apiGroup");
  return ReadString(parameters, "kind") + (group.empty() ? "" : "." + group) + "/" + ReadString(parameters, "name");
}

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), TextCell(body, {"spec", "controller"}), Parameters(body), AgeCell(body, now)};
}

constexpr Column kColumns[] = {
    kNameColumn,
    {"Controller", "string", "", "Who serves ingresses of the class.", 0},
    {"Parameters", "string", "", "An object with settings for it.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "networking.k8s.io",
    .version = "v1",
    .kind = "IngressClass",
    .plural = "ingressclasses",
    .singular = "ingressclass",
    .short_names = {},
    .namespaced = false,
    .schema = &schema::kIngressClass,
    .old_versions = {},
    .validate = Validate,
    .validate_update = ValidateUpdate,
    .in_manifests = true,
    .columns = kColumns,
    .cells = Cells,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_ingress_class

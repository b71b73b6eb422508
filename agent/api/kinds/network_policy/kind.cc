#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/network_policy/fields.h"
#include "agent/api/kinds/network_policy/rules.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_network_policy {
namespace {

/// A policy says something about what comes in, and about what goes out when it has rules for that.
void SetDefaults(Json& body) {
  Json& spec = body["spec"];
  if (!Items(spec, "policyTypes").empty()) return;
  spec["policyTypes"] = Json::array({"Ingress"});
  if (!Items(spec, "egress").empty()) spec["policyTypes"].push_back("Egress");
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidateNetworkPolicy(Member(body, "spec"), faults);
}

void Warn(const Json&, std::vector<std::string>& warnings) {
  warnings.emplace_back("spec: the policy is kept and not enforced yet: connections of pods are not filtered here");
}

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body), SelectorCell(At(body, {"spec", "podSelector"})), AgeCell(body, now)};
}

constexpr std::string_view kShort[] = {"netpol"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Pod-Selector", "string", "", "The pods it is about.", 0},
    kAgeColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "networking.k8s.io",
    .version = "v1",
    .kind = "NetworkPolicy",
    .plural = "networkpolicies",
    .singular = "networkpolicy",
    .short_names = kShort,
    .schema = &schema::kNetworkPolicy,
    .old_versions = {},
    .set_defaults = SetDefaults,
    .validate = Validate,
    .warn = Warn,
    .in_manifests = true,
    .columns = kColumns,
    .cells = Cells,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_network_policy

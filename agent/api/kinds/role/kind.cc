#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/role/fields.h"
#include "agent/api/kinds/shared/access_rules.h"

namespace ordinal::api::kinds::of_role {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidateRules(Member(body, "rules"), RulesOf::kNamespace, faults);
}

Grants GrantsOf(const Json& body) {
  Grants grants;
  grants.rules = ReadRules(body);
  return grants;
}

}  // namespace

constinit const KindInfo kKind{
    .group = kAccessGroup,
    .version = "v1",
    .kind = "Role",
    .plural = "roles",
    .singular = "role",
    .short_names = {},
    .schema = &schema::kRole,
    .old_versions = {},
    .validate = Validate,
    .check_name = CheckPathSegment,
    .in_manifests = true,
    .columns = kRoleColumns,
    .cells = RoleCells,
    .grants = GrantsOf,
    .made_by_update = true,
};

}  // namespace ordinal::api::kinds::of_role

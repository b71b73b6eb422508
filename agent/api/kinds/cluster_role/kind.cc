#include "agent/api/kinds/cluster_role/fields.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/access_rules.h"
#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_cluster_role {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidateRules(Member(body, "rules"), RulesOf::kCluster, faults);
  const Json& aggregation = Member(body, "aggregationRule");
  if (!aggregation.is_object()) return;
  const Path path = Path("aggregationRule") / "clusterRoleSelectors";
  const Json& selectors = Items(aggregation, "clusterRoleSelectors");
  if (selectors.empty()) {
    faults.Required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil");
  }
  for (size_t i = 0; i < selectors.size(); ++i) ValidateSelector(selectors[i], path[i], faults);
}

Grants GrantsOf(const Json& body) {
  Grants grants;
  grants.rules = ReadRules(body);
  grants.gathering = Member(body, "aggregationRule");
  return grants;
}

}  // namespace

constinit const KindInfo kKind{
    .group = kAccessGroup,
    .version = "v1",
    .kind = "ClusterRole",
    .plural = "clusterroles",
    .singular = "clusterrole",
    .short_names = {},
    .namespaced = false,
    .schema = &schema::kClusterRole,
    .old_versions = {},
    .validate = Validate,
    .check_name = CheckPathSegment,
    .in_manifests = true,
    .columns = kRoleColumns,
    .cells = RoleCells,
    .grants = GrantsOf,
    .made_by_update = true,
};

}  // namespace ordinal::api::kinds::of_cluster_role

#include "agent/api/kinds/cluster_role_binding/fields.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/access_rules.h"

namespace ordinal::api::kinds::of_cluster_role_binding {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidateBinding(body, RulesOf::kCluster, faults);
}

}  // namespace

constinit const KindInfo kKind{
    .group = kAccessGroup,
    .version = "v1",
    .kind = "ClusterRoleBinding",
    .plural = "clusterrolebindings",
    .singular = "clusterrolebinding",
    .short_names = {},
    .namespaced = false,
    .schema = &schema::kClusterRoleBinding,
    .old_versions = {},
    .set_defaults = SetBindingDefaults,
    .validate = Validate,
    .validate_update = ValidateBindingUpdate,
    .check_name = CheckPathSegment,
    .in_manifests = true,
    .columns = kBindingColumns,
    .cells = BindingCells,
    .grants = BindingGrants,
    .made_by_update = true,
};

}  // namespace ordinal::api::kinds::of_cluster_role_binding

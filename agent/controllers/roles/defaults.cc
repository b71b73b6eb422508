#include "agent/controllers/roles/defaults.h"

#include <algorithm>

#include "agent/controllers/roles/default_rules.h"
#include "agent/controllers/roles/gather.h"

namespace ordinal::controllers::roles {
namespace {

using api::Json;

constexpr char kVersion[] = "rbac.authorization.k8s.io/v1";
constexpr char kToView[] = "rbac.authorization.k8s.io/aggregate-to-view";
constexpr char kToEdit[] = "rbac.authorization.k8s.io/aggregate-to-edit";
constexpr char kToAdmin[] = "rbac.authorization.k8s.io/aggregate-to-admin";

struct DefaultRole {
  const char* name;
  Rules (*rules)();                ///< null: it gathers them
  const char* gathers = nullptr;   ///< roles with this label "true"
  const char* gathered = nullptr;  ///< a label of its own
};

constexpr DefaultRole kRoles[] = {
    {"cluster-admin", EverythingRules},
    {"system:aggregate-to-admin", AdminRules, nullptr, kToAdmin},
    {"system:aggregate-to-edit", EditRules, nullptr, kToEdit},
    {"system:aggregate-to-view", ViewRules, nullptr, kToView},
    // Each after those that it gathers.
    {"view", nullptr, kToView, kToEdit},
    {"edit", nullptr, kToEdit, kToAdmin},
    {"admin", nullptr, kToAdmin, nullptr},
    {"ordinal:view", ReaderRules},
    {"system:node", NodeRules},
    {"system:discovery", DiscoveryRules},
    {"system:public-info-viewer", PublicInfoRules},
    {"system:basic-user", BasicUserRules},
    {"system:service-account-issuer-discovery", IssuerRules},
    {"system:monitoring", MonitoringRules},
    {"system:auth-delegator", AuthDelegatorRules},
    {"system:kubelet-api-admin", NodeApiRules},
    {"system:persistent-volume-provisioner", VolumeProvisionerRules},
    {"system:certificates.k8s.io:certificatesigningrequests:nodeclient", NodeClientRules},
    {"system:certificates.k8s.io:certificatesigningrequests:selfnodeclient", OwnNodeClientRules},
    {"system:certificates.k8s.io:kube-apiserver-client-approver", ClientApproverRules},
    {"system:certificates.k8s.io:kube-apiserver-client-kubelet-approver", NodeClientApproverRules},
    {"system:certificates.k8s.io:kubelet-serving-approver", NodeServingApproverRules},
    {"system:certificates.k8s.io:legacy-unknown-approver", LegacyApproverRules},
};

struct DefaultBinding {
  const char* name;  ///< the role's too
  const char* group;
  const char* second_group = nullptr;
};

constexpr DefaultBinding kBindings[] = {
    {"cluster-admin", "system:masters"},
    {"ordinal:view", "ordinal:view"},
    {"system:node", "system:nodes"},
    {"system:discovery", "system:authenticated"},
    {"system:basic-user", "system:authenticated"},
    {"system:public-info-viewer", "system:authenticated", "system:unauthenticated"},
    {"system:service-account-issuer-discovery", "system:serviceaccounts"},
    {"system:monitoring", "system:monitoring"},
};

Json Document(const char* kind, const char* name) {
  Json body = {{"apiVersion", kVersion}, {"kind", kind}};
  body["metadata"]["name"] = name;
  body["metadata"]["labels"][kBootstrapping] = "rbac-defaults";
  body["metadata"]["annotations"][kAutoUpdate] = "true";
  return body;
}

Json Group(const char* name) { return {{"apiGroup", api::kAccessGroup}, {"kind", api::kGroupSubject}, {"name", name}}; }

}  // namespace

std::vector<Json> DefaultRoles() {
  std::vector<Json> roles;
  api::Refs<api::ClusterRole> made;
  for (const DefaultRole& each : kRoles) {
    Json body = Document("ClusterRole", each.name);
    if (each.gathered != nullptr) body["metadata"]["labels"][each.gathered] = "true";
    if (each.gathers != nullptr) {
      body["aggregationRule"]["clusterRoleSelectors"] = Json::array({{{"matchLabels", {{each.gathers, "true"}}}}});
    }
    std::sort(made.begin(), made.end(),
              [](const auto& a, const auto& b) { return a->object.name() < b->object.name(); });
    const Rules rules =
        each.rules != nullptr ? each.rules() : Gathered(api::ClusterRole::From(api::Object(body)), made);
    body["rules"] = Json::array();
    for (const api::PolicyRule& rule : rules) body["rules"].push_back(rule.ToJson());
    made.emplace_back(api::ClusterRole::From(api::Object(body)));
    roles.push_back(std::move(body));
  }
  return roles;
}

std::vector<Json> DefaultBindings() {
  std::vector<Json> bindings;
  for (const DefaultBinding& each : kBindings) {
    Json body = Document("ClusterRoleBinding", each.name);
    body["roleRef"] = {{"apiGroup", api::kAccessGroup}, {"kind", "ClusterRole"}, {"name", each.name}};
    body["subjects"] = Json::array({Group(each.group)});
    if (each.second_group != nullptr) body["subjects"].push_back(Group(each.second_group));
    bindings.push_back(std::move(body));
  }
  return bindings;
}

}  // namespace ordinal::controllers::roles

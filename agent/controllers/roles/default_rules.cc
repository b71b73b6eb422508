#include "agent/controllers/roles/default_rules.h"

#include <initializer_list>
#include <string>

namespace ordinal::controllers::roles {
namespace {

using Words = std::vector<std::string>;

const Words kRead = {"get", "list", "watch"};
const Words kWrite = {"create", "delete", "deletecollection", "patch", "update"};
const Words kEverything = {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"};

api::PolicyRule On(const Words& verbs, const char* group, const Words& resources) {
  return {verbs, {group}, resources, {}, {}};
}

api::PolicyRule Paths(const Words& paths) { return {{"get"}, {}, {}, {}, paths}; }

api::PolicyRule Events() { return {{"create", "patch", "update"}, {"", "events.k8s.io"}, {"events"}, {}, {}}; }

constexpr char kAuthentication[] = "authentication.k8s.io", kAuthorization[] = "authorization.k8s.io";
constexpr char kNetworking[] = "networking.k8s.io", kStorage[] = "storage.k8s.io", kLeases[] = "coordination.k8s.io";

}  // namespace

Rules EverythingRules() { return {{{"*"}, {"*"}, {"*"}, {}, {}}, {{"*"}, {}, {}, {}, {"*"}}}; }

Rules AdminRules() {
  return {On({"create"}, kAuthorization, {"localsubjectaccessreviews"}),
          On(kEverything, "rbac.authorization.k8s.io", {"rolebindings", "roles"})};
}

Rules EditRules() {
  return {
      On(kRead, "", {"pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy"}),
      On({"impersonate"}, "", {"serviceaccounts"}),
      On(kWrite, "", {"pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"}),
      On({"create"}, "", {"pods/eviction"}),
      On(kWrite, "",
         {"configmaps", "events", "persistentvolumeclaims", "replicationcontrollers", "replicationcontrollers/scale",
          "secrets", "serviceaccounts", "services", "services/proxy"}),
      On({"create"}, "", {"serviceaccounts/token"}),
      On(kWrite, "apps",
         {"daemonsets", "deployments", "deployments/rollback", "deployments/scale", "replicasets", "replicasets/scale",
          "statefulsets", "statefulsets/scale"}),
      On(kWrite, "autoscaling", {"horizontalpodautoscalers"}),
      On(kWrite, "batch", {"cronjobs", "jobs"}),
      On(kWrite, "policy", {"poddisruptionbudgets"}),
      On(kWrite, kNetworking, {"ingresses", "networkpolicies"}),
      On(kEverything, kLeases, {"leases"}),
  };
}

Rules ViewRules() {
  return {
      On(kRead, "",
         {"configmaps", "endpoints", "persistentvolumeclaims", "persistentvolumeclaims/status", "pods",
          "replicationcontrollers", "replicationcontrollers/scale", "serviceaccounts", "services", "services/status"}),
      On(kRead, "",
         {"bindings", "events", "limitranges", "namespaces/status", "pods/log", "pods/status",
          "replicationcontrollers/status", "resourcequotas", "resourcequotas/status"}),
      On(kRead, "", {"namespaces"}),
      On(kRead, "discovery.k8s.io", {"endpointslices"}),
      On(kRead, "apps",
         {"controllerrevisions", "daemonsets", "daemonsets/status", "deployments", "deployments/scale",
          "deployments/status", "replicasets", "replicasets/scale", "replicasets/status", "statefulsets",
          "statefulsets/scale", "statefulsets/status"}),
      On(kRead, "autoscaling", {"horizontalpodautoscalers", "horizontalpodautoscalers/status"}),
      On(kRead, "batch", {"cronjobs", "cronjobs/status", "jobs", "jobs/status"}),
      On(kRead, "policy", {"poddisruptionbudgets", "poddisruptionbudgets/status"}),
      On(kRead, kNetworking, {"ingresses", "ingresses/status", "networkpolicies"}),
  };
}

// The core group is listed, so that nothing is shown there because nobody thought of it; exec, attach, portforward and
// proxy are no reading.
Rules ReaderRules() {
  return {
      On(kRead, "",
         {"bindings",
          "componentstatuses",
          "configmaps",
          "endpoints",
          "events",
          "limitranges",
          "namespaces",
          "namespaces/status",
          "nodes",
          "nodes/status",
          "persistentvolumeclaims",
          "persistentvolumeclaims/status",
          "persistentvolumes",
          "persistentvolumes/status",
          "pods",
          "pods/ephemeralcontainers",
          "pods/log",
          "pods/status",
          "podtemplates",
          "replicationcontrollers",
          "replicationcontrollers/scale",
          "replicationcontrollers/status",
          "resourcequotas",
          "resourcequotas/status",
          "serviceaccounts",
          "services",
          "services/status"}),
      {kRead,
       {"admissionregistration.k8s.io", "apiregistration.k8s.io", "apps", "autoscaling", "batch", kLeases,
        "discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io", "metrics.k8s.io", kNetworking,
        "node.k8s.io", "policy", "rbac.authorization.k8s.io", "scheduling.k8s.io", kStorage},
       {"*"},
       {},
       {}},
      // The node's own API, where a right to all of "nodes/proxy" would be one to commands too.
      On({"get"}, "", {"nodes/configz", "nodes/healthz", "nodes/metrics", "nodes/pods", "nodes/stats"}),
      Paths({"/metrics", "/healthz/*", "/livez/*", "/readyz/*", "/"}),
  };
}

// With apiserver/auth/own_node.h for the objects that carry a node's name.
Rules NodeRules() {
  return {
      On({"create"}, kAuthentication, {"tokenreviews"}),
      On({"create"}, kAuthorization, {"localsubjectaccessreviews", "subjectaccessreviews"}),
      On(kRead, "",
         {"configmaps", "endpoints", "namespaces", "nodes", "persistentvolumeclaims", "persistentvolumes", "pods",
          "secrets", "serviceaccounts", "services"}),
      On({"create"}, "", {"nodes", "pods", "pods/eviction", "serviceaccounts/token"}),
      On({"delete", "patch", "update"}, "", {"nodes"}),
      On({"get", "patch", "update"}, "", {"nodes/status", "persistentvolumeclaims/status", "pods/status"}),
      On({"delete"}, "", {"pods"}),
      Events(),
      On({"create", "get", "list", "watch"}, "certificates.k8s.io", {"certificatesigningrequests"}),
      On({"create", "delete", "get", "patch", "update"}, kLeases, {"leases"}),
      On(kRead, "discovery.k8s.io", {"endpointslices"}),
      On(kRead, "node.k8s.io", {"runtimeclasses"}),
      On(kRead, kStorage, {"csidrivers", "csinodes", "storageclasses", "volumeattachments"}),
      On({"create", "delete", "patch", "update"}, kStorage, {"csinodes"}),
  };
}

Rules DiscoveryRules() {
  return {Paths({"/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz",
                 "/version", "/version/"})};
}

Rules PublicInfoRules() { return {Paths({"/healthz", "/livez", "/readyz", "/version", "/version/"})}; }

Rules BasicUserRules() {
  return {On({"create"}, kAuthorization, {"selfsubjectaccessreviews", "selfsubjectrulesreviews"}),
          On({"create"}, kAuthentication, {"selfsubjectreviews"})};
}

Rules IssuerRules() { return {Paths({"/.well-known/openid-configuration", "/openid/v1/jwks"})}; }

Rules MonitoringRules() {
  return {Paths({"/healthz", "/healthz/*", "/livez", "/livez/*", "/metrics", "/metrics/slis", "/readyz", "/readyz/*"})};
}

Rules AuthDelegatorRules() {
  return {On({"create"}, kAuthentication, {"tokenreviews"}), On({"create"}, kAuthorization, {"subjectaccessreviews"})};
}

Rules NodeApiRules() {
  return {On(kRead, "", {"nodes"}), On({"proxy"}, "", {"nodes"}),
          On({"*"}, "", {"nodes/log", "nodes/metrics", "nodes/proxy", "nodes/stats"})};
}

Rules VolumeProvisionerRules() {
  return {
      On({"create", "delete", "get", "list", "watch"}, "", {"persistentvolumes"}),
      On({"get", "list", "update", "watch"}, "", {"persistentvolumeclaims"}),
      On(kRead, kStorage, {"storageclasses"}),
      On({"watch"}, "", {"events"}),
      Events(),
  };
}

}  // namespace ordinal::controllers::roles

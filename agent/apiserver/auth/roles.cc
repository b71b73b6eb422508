#include "agent/apiserver/auth/roles.h"

#include <algorithm>

namespace ordinal::apiserver::auth {
namespace {

using WordList = std::vector<std::string_view>;

const WordList kRead = {"get", "list", "watch"};

Rule Paths(WordList paths) { return {{"get"}, {}, {}, std::move(paths), false}; }

Rule Resources(WordList verbs, std::string_view group, WordList resources) {
  return {std::move(verbs), {group}, std::move(resources), {}, false};
}

Rule OfOwnNode(WordList verbs, std::string_view group, WordList resources) {
  return {std::move(verbs), {group}, std::move(resources), {}, true};
}

const WordList kOpenPaths = {"/healthz", "/livez", "/readyz", "/version"};

/// The reference's roles system:discovery and system:basic-user.
std::vector<Rule> Authenticated() {
  return {
      Paths({"/healthz", "/healthz/*", "/livez", "/livez/*", "/readyz", "/readyz/*", "/version", "/version/", "/api",
             "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*", "/"}),
      Resources({"create"}, "authorization.k8s.io", {"selfsubjectaccessreviews", "selfsubjectrulesreviews"}),
      Resources({"create"}, "authentication.k8s.io", {"selfsubjectreviews"}),
  };
}

std::vector<Rule> With(std::vector<Rule> rules, const std::vector<Rule>& more) {
  rules.insert(rules.end(), more.begin(), more.end());
  return rules;
}

/// Everything but secrets. The core group is listed, so that nothing is shown there because nobody thought of it;
/// exec, attach, portforward and proxy are reached with "get" and are no reading.
std::vector<Rule> View() {
  return {
      Resources(kRead, "",
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
       {"apps", "autoscaling", "batch", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "metrics.k8s.io",
        "networking.k8s.io", "node.k8s.io", "policy", "scheduling.k8s.io", "storage.k8s.io"},
       {"*"},
       {},
       false},
      // The node's own API, where a right to all of "nodes/proxy" would be one to commands too.
      Resources({"get"}, "", {"nodes/configz", "nodes/healthz", "nodes/metrics", "nodes/pods", "nodes/stats"}),
      Paths({"/metrics"}),
  };
}

/// The reference's role system:node, with its admission plugin NodeRestriction for the objects that carry a node's
/// name.
std::vector<Rule> Node() {
  return {
      Resources(kRead, "",
                {"services", "endpoints", "nodes", "pods", "persistentvolumes", "persistentvolumeclaims", "configmaps",
                 "secrets", "namespaces", "serviceaccounts"}),
      Resources(kRead, "discovery.k8s.io", {"endpointslices"}),
      Resources(kRead, "node.k8s.io", {"runtimeclasses"}),
      Resources(kRead, "storage.k8s.io", {"csidrivers", "csinodes", "storageclasses", "volumeattachments"}),
      Resources({"create"}, "", {"nodes", "events", "pods", "pods/eviction", "serviceaccounts/token"}),
      OfOwnNode({"update", "patch", "delete"}, "", {"nodes"}),
      OfOwnNode({"get", "update", "patch"}, "", {"nodes/status"}),
      Resources({"update", "patch"}, "", {"events"}),
      Resources({"delete"}, "", {"pods"}),
      Resources({"get", "update", "patch"}, "", {"pods/status", "persistentvolumeclaims/status"}),
      Resources({"create"}, "coordination.k8s.io", {"leases"}),
      OfOwnNode({"get", "update", "patch", "delete"}, "coordination.k8s.io", {"leases"}),
      Resources({"create"}, "storage.k8s.io", {"csinodes"}),
      OfOwnNode({"get", "update", "patch", "delete"}, "storage.k8s.io", {"csinodes"}),
      Resources({"create", "patch", "update"}, "events.k8s.io", {"events"}),
      Resources({"create", "get", "list", "watch"}, "certificates.k8s.io", {"certificatesigningrequests"}),
      Resources({"create"}, "authentication.k8s.io", {"tokenreviews"}),
      Resources({"create"}, "authorization.k8s.io", {"subjectaccessreviews", "localsubjectaccessreviews"}),
  };
}

bool Holds(const std::vector<std::string>& groups, std::string_view group) {
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

}  // namespace

const std::vector<Rule>& RulesOf(const http::User& user) {
  static const std::vector<Rule> kAnonymous = {Paths(kOpenPaths)};
  static const std::vector<Rule> kNoRole = Authenticated();
  static const std::vector<Rule> kView = With(Authenticated(), View());
  static const std::vector<Rule> kNode = With(Authenticated(), Node());
  static const std::vector<Rule> kAdmin = {{{"*"}, {"*"}, {"*"}, {}, false}, {{"*"}, {}, {}, {"*"}, false}};
  switch (RoleOf(user.name, user.groups)) {
    case Role::kAnonymous: break;
    case Role::kView: return kView;
    case Role::kNode: return kNode;
    case Role::kAdmin: return kAdmin;
  }
  return Holds(user.groups, kAuthenticated) ? kNoRole : kAnonymous;
}

Role RoleOf(std::string_view name, const std::vector<std::string>& groups) {
  if (Holds(groups, kAdminGroup)) return Role::kAdmin;
  if (Holds(groups, kNodeGroup) && name.starts_with(kNodePrefix)) return Role::kNode;
  if (Holds(groups, kViewGroup)) return Role::kView;
  return Role::kAnonymous;
}

}  // namespace ordinal::apiserver::auth

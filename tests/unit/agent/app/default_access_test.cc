// What the certificates of this agent and its strangers may do by the default roles: the API's roles admin, view and
// node.
#include <gtest/gtest.h>

#include "agent/api/kinds/cluster_role/view.h"
#include "agent/api/kinds/cluster_role_binding/view.h"
#include "agent/apiserver/auth/authorizer.h"
#include "agent/controllers/roles/defaults.h"

namespace ordinal {
namespace {

using apiserver::auth::Attributes;
using apiserver::auth::Authorizer;
using apiserver::auth::PolicyIndex;

http::User Named(std::string name, std::vector<std::string> groups) {
  http::User user;
  user.name = std::move(name);
  user.groups = std::move(groups);
  user.groups.emplace_back("system:authenticated");
  return user;
}

const http::User kAdmin = Named("kubernetes-admin", {"system:masters"});
const http::User kView = Named("ordinal-view", {"ordinal:view"});
const http::User kNode = Named("system:node:n1", {"system:nodes"});
const http::User kAccount = Named("system:serviceaccount:a:b", {"system:serviceaccounts", "system:serviceaccounts:a"});
const http::User kAnonymous{"system:anonymous", {"system:unauthenticated"}, false};

const Authorizer& ByDefault() {
  static Authorizer access;
  static const bool told = [] {
    access.Change([](PolicyIndex& index) {
      for (const api::Json& body : controllers::roles::DefaultRoles()) {
        const auto role = api::ClusterRole::From(api::Object(body));
        index.PutRole("", role.object.name(), role.rules);
      }
      for (const api::Json& body : controllers::roles::DefaultBindings()) {
        const auto binding = api::ClusterRoleBinding::From(api::Object(body));
        index.PutBinding({"", binding.object.name(), binding.role, binding.subjects});
      }
    });
    return true;
  }();
  EXPECT_TRUE(told);
  return access;
}

Attributes Of(std::string verb, std::string group, std::string resource, std::string subresource = "",
              std::string name = "") {
  return {
      std::move(verb), std::move(group), std::move(resource), std::move(subresource), "default", std::move(name), ""};
}
Attributes NodeLease(const char* name) {
  Attributes lease = Of("update", "coordination.k8s.io", "leases", "", name);
  lease.ns = "kube-node-lease";
  return lease;
}
Attributes Path(std::string path, std::string verb = "get") {
  return {std::move(verb), "", "", "", "", "", std::move(path)};
}

struct Case {
  const char* what;
  Attributes asked;
  bool admin, view, node, account, anonymous;
};

TEST(DefaultAccess, IsWhatEachMayDo) {
  const Case cases[] = {
      {"list pods", Of("list", "", "pods"), true, true, true, false, false},
      {"watch stateful sets", Of("watch", "apps", "statefulsets"), true, true, false, false, false},
      {"a scale", Of("get", "apps", "statefulsets", "scale"), true, true, false, false, false},
      {"read logs", Of("get", "", "pods", "log"), true, true, false, false, false},
      {"read a secret", Of("get", "", "secrets", "", "s"), true, false, true, false, false},
      {"list secrets", Of("list", "", "secrets"), true, false, true, false, false},
      {"everything", Of("*", "*", "*"), true, false, false, false, false},
      {"all of core", Of("get", "", "*"), true, false, false, false, false},
      {"exec by get", Of("get", "", "pods", "exec"), true, false, false, false, false},
      {"exec by post", Of("create", "", "pods", "exec"), true, false, false, false, false},
      {"forward ports", Of("get", "", "pods", "portforward"), true, false, false, false, false},
      {"figures of the node", Of("get", "", "nodes", "metrics", "n1"), true, true, false, false, false},
      {"a summary of the node", Of("get", "", "nodes", "stats", "n1"), true, true, false, false, false},
      {"pods of the node", Of("get", "", "nodes", "pods", "n1"), true, true, false, false, false},
      {"health of the node", Of("get", "", "nodes", "healthz", "n1"), true, true, false, false, false},
      {"logs of the node", Of("get", "", "nodes", "log", "n1"), true, false, false, false, false},
      {"all of the node", Of("get", "", "nodes", "proxy", "n1"), true, false, false, false, false},
      {"a pod's proxy", Of("get", "", "pods", "proxy"), true, false, false, false, false},
      {"create a pod", Of("create", "", "pods"), true, false, true, false, false},
      {"delete a set", Of("delete", "apps", "statefulsets"), true, false, false, false, false},
      {"delete all pods", Of("deletecollection", "", "pods"), true, false, false, false, false},
      {"write a pod's status", Of("patch", "", "pods", "status", "p"), true, false, true, false, false},
      {"write its own node", Of("patch", "", "nodes", "status", "n1"), true, false, true, false, false},
      {"write another node", Of("patch", "", "nodes", "status", "n2"), true, false, false, false, false},
      {"its own lease", NodeLease("n1"), true, false, true, false, false},
      {"another lease", NodeLease("n2"), true, false, false, false, false},
      {"its own lease elsewhere", Of("update", "coordination.k8s.io", "leases", "", "n1"), true, false, false, false,
       false},
      {"write a role", Of("create", "rbac.authorization.k8s.io", "roles"), true, false, false, false, false},
      {"be another", Of("impersonate", "", "users", "", "x"), true, false, false, false, false},
      {"ask about itself", Of("create", "authorization.k8s.io", "selfsubjectaccessreviews"), true, true, true, true,
       false},
      {"make a token", Of("create", "", "serviceaccounts", "token"), true, false, true, false, false},
      {"/version", Path("/version"), true, true, true, true, true},
      {"/healthz", Path("/healthz"), true, true, true, true, true},
      {"/livez", Path("/livez"), true, true, true, true, true},
      {"/readyz", Path("/readyz"), true, true, true, true, true},
      {"/readyz/x", Path("/readyz/x"), true, true, false, false, false},
      {"/api", Path("/api"), true, true, true, true, false},
      {"/apis/apps/v1", Path("/apis/apps/v1"), true, true, true, true, false},
      {"/openapi/v3", Path("/openapi/v3"), true, true, true, true, false},
      {"/metrics", Path("/metrics"), true, true, false, false, false},
      {"/versions", Path("/versions"), true, false, false, false, false},
      {"post /version", Path("/version", "post"), true, false, false, false, false},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.what);
    EXPECT_EQ(ByDefault().Allows(kAdmin, one.asked), one.admin);
    EXPECT_EQ(ByDefault().Allows(kView, one.asked), one.view);
    EXPECT_EQ(ByDefault().Allows(kNode, one.asked), one.node);
    EXPECT_EQ(ByDefault().Allows(kAccount, one.asked), one.account);
    EXPECT_EQ(ByDefault().Allows(kAnonymous, one.asked), one.anonymous);
  }
}

TEST(DefaultAccess, OnlyWhoMayWriteHasRoomForLargeBodies) {
  EXPECT_TRUE(ByDefault().Writes(kAdmin));
  EXPECT_TRUE(ByDefault().Writes(kNode));
  for (const http::User& reader : {kView, kAccount, kAnonymous})
    EXPECT_FALSE(ByDefault().Writes(reader)) << reader.name;
}

TEST(DefaultAccess, TheRolesForPeopleGrow) {
  const auto may = [](const char* role, const Attributes& asked) {
    Authorizer access;
    access.Change([&](PolicyIndex& index) {
      for (const api::Json& body : controllers::roles::DefaultRoles()) {
        index.PutRole("", body["metadata"]["name"], api::ReadRules(body));
      }
      index.PutBinding({"default", "b", {"", "ClusterRole", role}, {{"User", "", "carol", ""}}});
    });
    return access.Allows(Named("carol", {}), asked);
  };
  struct Row {
    Attributes asked;
    bool view, edit, admin;
  };
  const Row rows[] = {
      {Of("get", "", "pods"), true, true, true},
      {Of("get", "", "secrets"), false, true, true},
      {Of("create", "", "pods", "exec"), false, true, true},
      {Of("update", "apps", "statefulsets", "scale"), false, true, true},
      {Of("list", "rbac.authorization.k8s.io", "roles"), false, false, true},
      {Of("create", "rbac.authorization.k8s.io", "rolebindings"), false, false, true},
      {Of("escalate", "rbac.authorization.k8s.io", "roles"), false, false, false},
      {Of("get", "", "nodes"), false, false, false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.asked.verb + " " + row.asked.Qualified());
    EXPECT_EQ(may("view", row.asked), row.view);
    EXPECT_EQ(may("edit", row.asked), row.edit);
    EXPECT_EQ(may("admin", row.asked), row.admin);
  }
}

}  // namespace
}  // namespace ordinal

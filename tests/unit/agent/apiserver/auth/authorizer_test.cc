#include "agent/apiserver/auth/authorizer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "agent/apiserver/auth/roles.h"

namespace ordinal::apiserver::auth {
namespace {

http::User Named(std::string name, std::vector<std::string> groups) {
  http::User user;
  user.name = std::move(name);
  user.groups = std::move(groups);
  user.groups.emplace_back(kAuthenticated);
  return user;
}

const http::User kAdmin = Named("kubernetes-admin", {"system:masters"});
const http::User kView = Named("ordinal-view", {"ordinal:view"});
const http::User kNode = Named("system:node:n1", {"system:nodes"});
const http::User kNobody = Named("carol", {"ops"});
const http::User kAnonymous{"system:anonymous", {"system:unauthenticated"}, false};

Attributes Of(std::string verb, std::string group, std::string resource, std::string subresource = "",
              std::string name = "") {
  return {
      std::move(verb), std::move(group), std::move(resource), std::move(subresource), "default", std::move(name), ""};
}
Attributes Path(std::string path, std::string verb = "get") {
  return {std::move(verb), "", "", "", "", "", std::move(path)};
}

struct Case {
  const char* what;
  Attributes asked;
  bool admin, view, node, nobody, anonymous;
};

TEST(Authorizer, KnowsWhatEachRoleMayDo) {
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
      {"its own lease", Of("update", "coordination.k8s.io", "leases", "", "n1"), true, false, true, false, false},
      {"another lease", Of("update", "coordination.k8s.io", "leases", "", "n2"), true, false, false, false, false},
      {"ask about itself", Of("create", "authorization.k8s.io", "selfsubjectaccessreviews"), true, true, true, true,
       false},
      {"make a token", Of("create", "", "serviceaccounts", "token"), true, false, true, false, false},
      {"/version", Path("/version"), true, true, true, true, true},
      {"/healthz", Path("/healthz"), true, true, true, true, true},
      {"/livez", Path("/livez"), true, true, true, true, true},
      {"/readyz", Path("/readyz"), true, true, true, true, true},
      {"/readyz/x", Path("/readyz/x"), true, true, true, true, false},
      {"/api", Path("/api"), true, true, true, true, false},
      {"/apis/apps/v1", Path("/apis/apps/v1"), true, true, true, true, false},
      {"/openapi/v3", Path("/openapi/v3"), true, true, true, true, false},
      {"/metrics", Path("/metrics"), true, true, false, false, false},
      {"/versions", Path("/versions"), true, false, false, false, false},
      {"post /version", Path("/version", "post"), true, false, false, false, false},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.what);
    EXPECT_EQ(Allowed(kAdmin, one.asked), one.admin);
    EXPECT_EQ(Allowed(kView, one.asked), one.view);
    EXPECT_EQ(Allowed(kNode, one.asked), one.node);
    EXPECT_EQ(Allowed(kNobody, one.asked), one.nobody);
    EXPECT_EQ(Allowed(kAnonymous, one.asked), one.anonymous);
  }
}

TEST(Authorizer, GivesTheRoleOfAGroup) {
  EXPECT_EQ(RoleOf("x", {"system:masters"}), Role::kAdmin);
  EXPECT_EQ(RoleOf("x", {"ordinal:view"}), Role::kView);
  EXPECT_EQ(RoleOf("system:node:n1", {"system:nodes"}), Role::kNode);
  EXPECT_EQ(RoleOf("x", {"system:nodes"}), Role::kAnonymous);
  EXPECT_EQ(RoleOf("system:node:n1", {}), Role::kAnonymous);
  EXPECT_EQ(RoleOf("system:masters", {}), Role::kAnonymous);
}

TEST(Authorizer, WordsARefusalAsTheReference) {
  struct Worded {
    Attributes asked;
    const char* message;
  };
  Attributes nodes = Of("list", "", "nodes");
  nodes.ns.clear();
  const Worded cases[] = {
      {Of("list", "", "pods"),
       "pods is forbidden: User \"carol\" cannot list resource \"pods\" in API group \"\" in the "
       "namespace \"default\""},
      {nodes,
       "nodes is forbidden: User \"carol\" cannot list resource \"nodes\" in API group \"\" at the cluster scope"},
      {Of("update", "apps", "statefulsets", "scale", "kubia"),
       "statefulsets.apps \"kubia\" is forbidden: User \"carol\" cannot update resource \"statefulsets/scale\" in API "
       "group "
       "\"apps\" in the namespace \"default\""},
      {Path("/metrics"), "forbidden: User \"carol\" cannot get path \"/metrics\""},
  };
  for (const Worded& one : cases) EXPECT_EQ(ForbiddenMessage(kNobody, one.asked), one.message);
}

TEST(Authorizer, AnswersAnonymousAsRecorded) {
  const http::Response response = Forbidden(kAnonymous, Of("list", "", "pods"));
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(nlohmann::json::parse(std::get<std::string>(response.body)), nlohmann::json::parse(R"({
    "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
    "message": "pods is forbidden: User \"system:anonymous\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"",
    "reason": "Forbidden", "details": {"kind": "pods"}, "code": 403})"));
}

}  // namespace
}  // namespace ordinal::apiserver::auth

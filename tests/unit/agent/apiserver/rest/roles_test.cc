// Writing roles and bindings over the API: nobody gives what it has not.
#include "agent/apiserver/auth/authorizer.h"
#include "tests/unit/agent/apiserver/auth/policies.h"
#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

constexpr char kAccess[] = "/apis/rbac.authorization.k8s.io/v1/";
constexpr char kRoles[] = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles";
constexpr char kBindings[] = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings";
constexpr char kReadMaps[] = R"([{"verbs": ["get", "list"], "apiGroups": [""], "resources": ["configmaps"]}])";
constexpr char kReadSecrets[] = R"([{"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"]}])";

class RolesTest : public RestFixture {
 protected:
  RolesTest() {
    user_ = auth::UserOf("carol", {"ops"});
    Give(access_, "default", "reader", kReadMaps, {auth::TheUser("carol")});
  }

  static Json Named(const char* kind, const char* name) {
    Json body = {{"apiVersion", "rbac.authorization.k8s.io/v1"}, {"kind", kind}};
    body["metadata"]["name"] = name;
    return body;
  }
  static Json RoleBody(const char* name, const char* rules, const char* kind = "Role") {
    Json body = Named(kind, name);
    body["rules"] = Json::parse(rules);
    return body;
  }
  static Json BindingBody(const char* name, const char* role_kind, const char* role) {
    Json body = Named("RoleBinding", name);
    body["roleRef"] = {{"kind", role_kind}, {"name", role}};
    body["subjects"] = Json::array({{{"kind", "User"}, {"name", "dave"}}});
    return body;
  }
  http::Response Ask(const std::string& method, const std::string& target, const Json& body,
                     const char* type = "application/json") {
    auto request = std::make_shared<http::Request>();
    request->method = method;
    AddTarget(target, *request);
    request->headers.emplace("content-type", type);
    request->body = body.dump();
    request->user = user_;
    return RunTask(io_, guarded_.Handle(request));
  }
  std::string Refused(const http::Response& response, int code = 403) {
    EXPECT_EQ(response.status, code) << Text(response);
    return Body(response)["message"];
  }

  auth::Authorizer access_;
  Api guarded_{Api::Parts{client_, clock_, random_, io_.get_executor(), &access_}, Routes()};
};

TEST_F(RolesTest, OneMayGiveWhatOneHas) {
  EXPECT_EQ(Ask("POST", kRoles, RoleBody("maps", kReadMaps)).status, 201);
  const http::Response refused = Ask("POST", kRoles, RoleBody("more", kReadSecrets));
  EXPECT_EQ(Refused(refused),
            "roles.rbac.authorization.k8s.io \"more\" is forbidden: user \"carol\" (groups=[\"ops\" "
            "\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n"
            "{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\"]}");
  EXPECT_EQ(Body(refused)["reason"], "Forbidden");
  EXPECT_EQ(Body(refused)["details"],
            Json::parse(R"({"name": "more", "group": "rbac.authorization.k8s.io", "kind": "roles"})"));
  EXPECT_EQ(Ask("POST", std::string(kRoles) + "?dryRun=All", RoleBody("more", kReadSecrets)).status, 403);
}

TEST_F(RolesTest, NoWayOfWritingGivesMore) {
  ASSERT_EQ(Ask("POST", kRoles, RoleBody("maps", kReadMaps)).status, 201);
  const std::string target = std::string(kRoles) + "/maps";
  EXPECT_EQ(Ask("PUT", target, RoleBody("maps", kReadSecrets)).status, 403);
  const Json patch = {{"rules", Json::parse(kReadSecrets)}};
  EXPECT_EQ(Ask("PATCH", target, patch, "application/merge-patch+json").status, 403);
  EXPECT_EQ(Ask("PATCH", target + "?fieldManager=a&force=true", RoleBody("maps", kReadSecrets),
                "application/apply-patch+yaml")
                .status,
            403);
  EXPECT_EQ(Ask("PATCH", std::string(kRoles) + "/new?fieldManager=a", RoleBody("new", kReadSecrets),
                "application/apply-patch+yaml")
                .status,
            403);
  EXPECT_EQ(Ask("PATCH", target, {{"rules", Json::array()}}, "application/merge-patch+json").status, 200)
      << "to take away needs nothing";
}

TEST_F(RolesTest, ApplyingSomethingNewNeedsTheRightToCreate) {
  const std::string target = "/api/v1/namespaces/default/configmaps/m";
  const Json map = {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "m"}}}};
  const auto apply = [&](const char* query) {
    return Ask("PATCH", target + query, map, "application/apply-patch+yaml");
  };
  EXPECT_EQ(Refused(apply("?fieldManager=a")),
            "configmaps \"m\" is forbidden: User \"carol\" cannot create resource \"configmaps\" in API group \"\" in "
            "the namespace \"default\"");
  EXPECT_EQ(apply("?fieldManager=a&dryRun=All").status, 403);
  Give(access_, "default", "maker",
       R"([{"verbs": ["create"], "apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["m"]}])",
       {auth::TheUser("carol")});
  EXPECT_EQ(apply("?fieldManager=a").status, 201);
  access_.Change([](auth::PolicyIndex& index) { index.DropBinding("default", "maker"); });
  EXPECT_EQ(apply("?fieldManager=a").status, 200) << "what is there is only patched";
}

TEST_F(RolesTest, ANodeMakesNoOtherNode) {
  user_ = auth::UserOf("system:node:n1", {"system:nodes"});
  const auto node = [](const char* name) {
    return Json{{"apiVersion", "v1"}, {"kind", "Node"}, {"metadata", {{"name", name}}}};
  };
  EXPECT_EQ(Refused(Ask("POST", "/api/v1/nodes", node("n2"))),
            "nodes \"n2\" is forbidden: User \"system:node:n1\" cannot create resource \"nodes\" in API group \"\" at "
            "the cluster scope");
  EXPECT_EQ(Ask("POST", "/api/v1/nodes", node("n1")).status, 201);
}

TEST_F(RolesTest, ARoleForAllNeedsRightsForAll) {
  const std::string roles = std::string(kAccess) + "clusterroles";
  EXPECT_EQ(Ask("POST", roles, RoleBody("maps", kReadMaps, "ClusterRole")).status, 403);
  Give(access_, "", "everywhere", kReadMaps, {auth::TheGroup("ops")});
  EXPECT_EQ(Ask("POST", roles, RoleBody("maps", kReadMaps, "ClusterRole")).status, 201);
  Json gathering = RoleBody("all", "[]", "ClusterRole");
  gathering["aggregationRule"]["clusterRoleSelectors"] = Json::array({Json::object()});
  EXPECT_EQ(Refused(Ask("POST", roles, gathering)),
            "clusterroles.rbac.authorization.k8s.io \"all\" is forbidden: must have cluster-admin privileges to use an "
            "aggregationRule");
}

TEST_F(RolesTest, WhoMayEscalateMay) {
  Give(access_, "default", "escalator",
       R"([{"verbs": ["escalate"], "apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"]}])",
       {auth::TheUser("carol")});
  EXPECT_EQ(Ask("POST", kRoles, RoleBody("more", kReadSecrets)).status, 201);
  user_ = auth::UserOf("root", {"system:masters"});
  EXPECT_EQ(Ask("POST", std::string(kAccess) + "clusterroles", RoleBody("m", kReadSecrets, "ClusterRole")).status, 201);
}

TEST_F(RolesTest, ABindingNeedsTheRightsOfItsRole) {
  access_.Change([](auth::PolicyIndex& index) {
    index.PutRole("default", "secrets", auth::RulesIn(kReadSecrets));
    index.PutRole("", "maps", auth::RulesIn(kReadMaps));
  });
  EXPECT_EQ(Ask("POST", kBindings, BindingBody("a", "Role", "reader")).status, 201);
  EXPECT_EQ(Ask("POST", kBindings, BindingBody("b", "ClusterRole", "maps")).status, 201);
  EXPECT_TRUE(Refused(Ask("POST", kBindings, BindingBody("c", "Role", "secrets")))
                  .starts_with("rolebindings.rbac.authorization.k8s.io \"c\" is forbidden: user \"carol\""));
  EXPECT_EQ(Refused(Ask("POST", kBindings, BindingBody("c", "ClusterRole", "nosuch")), 404),
            "clusterroles.rbac.authorization.k8s.io \"nosuch\" not found");
  EXPECT_EQ(Body(Ask("POST", kBindings, BindingBody("c", "Role", "nosuch")))["details"],
            Json::parse(R"({"name": "nosuch", "group": "rbac.authorization.k8s.io", "kind": "roles"})"));
  Give(access_, "default", "binder",
       R"([{"verbs": ["bind"], "apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"],
            "resourceNames": ["secrets"]}])",
       {auth::TheUser("carol")});
  EXPECT_EQ(Ask("POST", kBindings, BindingBody("c", "Role", "secrets")).status, 201);
}

TEST_F(RolesTest, ARoleThatOneLostMayStillBeTidied) {
  ASSERT_EQ(Ask("POST", kRoles, RoleBody("maps", kReadMaps)).status, 201);
  access_.Change([](auth::PolicyIndex& index) { index.DropBinding("default", "reader"); });
  const std::string target = std::string(kRoles) + "/maps";
  EXPECT_EQ(Ask("PATCH", target, {{"metadata", {{"finalizers", {"a.io/b"}}}}}, "application/merge-patch+json").status,
            200);
  EXPECT_EQ(Ask("PATCH", target, {{"metadata", {{"labels", {{"a", "b"}}}}}}, "application/merge-patch+json").status,
            403);
}

TEST_F(RolesTest, WithoutRolesNobodyGivesAny) {
  EXPECT_EQ(Post(kRoles, RoleBody("maps", kReadMaps)).status, 403);
  user_ = auth::UserOf("root", {"system:masters"});
  EXPECT_EQ(Post(kRoles, RoleBody("maps", kReadMaps)).status, 201);
}

}  // namespace
}  // namespace ordinal::apiserver::rest

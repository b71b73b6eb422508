#include "agent/apiserver/auth/authorizer.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/unit/agent/apiserver/auth/policies.h"

namespace ordinal::apiserver::auth {
namespace {

const http::User kCarol = UserOf("carol", {"ops"});
const http::User kAnonymous{"system:anonymous", {"system:unauthenticated"}, false};

Attributes Of(std::string verb, std::string group, std::string resource, std::string subresource = "",
              std::string name = "", std::string ns = "default") {
  return {std::move(verb),
          std::move(group),
          std::move(resource),
          std::move(subresource),
          std::move(ns),
          std::move(name),
          ""};
}
Attributes Path(std::string path, std::string verb = "get") {
  return {std::move(verb), "", "", "", "", "", std::move(path)};
}

/// Whether one rule, given to carol in all namespaces, permits that.
bool Permits(const char* rule, const Attributes& asked) {
  Authorizer access;
  Give(access, "", "r", (std::string("[") + rule + "]").c_str(), {TheUser("carol")});
  return access.Allows(kCarol, asked);
}

TEST(Authorizer, ReadsARuleToTheLetter) {
  struct Case {
    const char *what, *rule;
    Attributes asked;
    bool allowed;
  };
  const char* pods = R"({"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods"]})";
  const char* named = R"({"verbs": ["*"], "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["b", "a"]})";
  const char* scales = R"({"verbs": ["update"], "apiGroups": ["apps"], "resources": ["*/scale"]})";
  const char* all = R"({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]})";
  const char* paths = R"({"verbs": ["get"], "nonResourceURLs": ["/metrics", "/api/*"]})";
  const Case cases[] = {
      {"its verb", pods, Of("get", "", "pods"), true},
      {"its other verb", pods, Of("list", "", "pods"), true},
      {"another verb", pods, Of("watch", "", "pods"), false},
      {"no verb of ours", pods, Of("bind", "", "pods"), false},
      {"another group", pods, Of("get", "apps", "pods"), false},
      {"a sub-resource", pods, Of("get", "", "pods", "log"), false},
      {"all verbs are asked for", pods, Of("*", "", "pods"), false},
      {"a name it has", named, Of("get", "", "secrets", "", "a"), true},
      {"a name it has not", named, Of("get", "", "secrets", "", "c"), false},
      {"a list", named, Of("list", "", "secrets"), false},
      {"a list of that name", named, Of("list", "", "secrets", "", "b"), true},
      {"creation has no name", named, Of("create", "", "secrets"), false},
      {"nor has deletion of all", named, Of("deletecollection", "", "secrets"), false},
      {"scale of anything", scales, Of("update", "apps", "deployments", "scale"), true},
      {"scale of another group", scales, Of("update", "", "replicationcontrollers", "scale"), false},
      {"something else than scale", scales, Of("update", "apps", "deployments", "status"), false},
      {"the thing itself", scales, Of("update", "apps", "deployments"), false},
      {"anything", all, Of("get", "x.io", "things", "status", "a"), true},
      {"every verb", all, Of("*", "*", "*"), true},
      {"an odd verb", all, Of("escalate", "x.io", "things"), true},
      {"no path", all, Path("/metrics"), false},
      {"a path", paths, Path("/metrics"), true},
      {"a path below", paths, Path("/api/v1"), true},
      {"not the path above", paths, Path("/api"), false},
      {"another method", paths, Path("/metrics", "post"), false},
      {"no resource", paths, Of("get", "", "pods"), false},
      {"an odd verb by its name", R"({"verbs": ["bind"], "apiGroups": [""], "resources": ["x"]})", Of("bind", "", "x"),
       true},
      {"not another odd one", R"({"verbs": ["bind"], "apiGroups": [""], "resources": ["x"]})", Of("escalate", "", "x"),
       false},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.what);
    EXPECT_EQ(Permits(one.rule, one.asked), one.allowed);
  }
}

constexpr char kReadPods[] = R"([{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}])";

TEST(Authorizer, GivesWhereTheBindingIs) {
  Authorizer access;
  Give(access, "a", "reader", kReadPods,
       {TheUser("carol"), TheGroup("dev"), TheAccount("", "app"), TheAccount("b", "app")});
  const Attributes in_a = Of("get", "", "pods", "", "", "a"), in_b = Of("get", "", "pods", "", "", "b");
  const Attributes anywhere = Of("get", "", "pods", "", "", "");
  for (const http::User& user : {kCarol, UserOf("dave", {"dev"}), UserOf("system:serviceaccount:a:app"),
                                 UserOf("system:serviceaccount:b:app")}) {
    SCOPED_TRACE(user.name);
    EXPECT_TRUE(access.Allows(user, in_a));
    EXPECT_FALSE(access.Allows(user, in_b));
    EXPECT_FALSE(access.Allows(user, anywhere));
  }
  EXPECT_FALSE(access.Allows(UserOf("dev"), in_a)) << "a user of a group's name";
  EXPECT_FALSE(access.Allows(UserOf("x", {"carol"}), in_a)) << "a group of a user's name";
  EXPECT_FALSE(access.Allows(UserOf("system:serviceaccount:c:app"), in_a));
}

TEST(Authorizer, ARoleOfAllGivesInOneNamespaceWhatIsOfNamespaces) {
  Authorizer access;
  access.Change([](PolicyIndex& index) {
    index.PutRole("", "reader", RulesIn(R"([{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]},
                                            {"verbs": ["get"], "nonResourceURLs": ["/metrics"]}])"));
    index.PutBinding({"a", "readers", {"", "ClusterRole", "reader"}, {TheUser("carol")}});
  });
  EXPECT_TRUE(access.Allows(kCarol, Of("get", "", "pods", "", "", "a")));
  EXPECT_FALSE(access.Allows(kCarol, Path("/metrics")));
}

TEST(Authorizer, FollowsChanges) {
  Authorizer access;
  const Attributes asked = Of("get", "", "pods", "", "", "a");
  const auto change = [&](auto what) { access.Change(what); };
  change([](PolicyIndex& index) { index.PutBinding({"a", "b", {"", "Role", "r"}, {TheUser("carol")}}); });
  EXPECT_FALSE(access.Allows(kCarol, asked)) << "there is no such role";
  change([](PolicyIndex& index) { index.PutRole("a", "r", RulesIn(kReadPods)); });
  EXPECT_TRUE(access.Allows(kCarol, asked)) << "a role after its binding";
  change([](PolicyIndex& index) { index.PutRole("a", "r", {}); });
  EXPECT_FALSE(access.Allows(kCarol, asked));
  change([](PolicyIndex& index) { index.PutRole("a", "r", RulesIn(kReadPods)); });
  change([](PolicyIndex& index) { index.PutBinding({"a", "b", {"", "Role", "r"}, {TheUser("dave")}}); });
  EXPECT_FALSE(access.Allows(kCarol, asked));
  EXPECT_TRUE(access.Allows(UserOf("dave"), asked));
  change([](PolicyIndex& index) {
    index.PutBinding({"a", "c", {"", "Role", "r"}, {TheUser("dave"), TheUser("dave")}});
  });
  change([](PolicyIndex& index) { index.DropBinding("a", "b"); });
  EXPECT_TRUE(access.Allows(UserOf("dave"), asked)) << "by the other binding";
  change([](PolicyIndex& index) { index.DropRole("a", "r"); });
  EXPECT_FALSE(access.Allows(UserOf("dave"), asked));
  change([](PolicyIndex& index) { index.DropBinding("a", "c"); });
  change([](PolicyIndex& index) { index.DropBinding("a", "nosuch"); });
  EXPECT_TRUE(access.RulesFor(UserOf("dave"), "a").rules.size() == 1) << "what everybody has";
}

TEST(Authorizer, KnowsWhoWrites) {
  Authorizer access;
  EXPECT_TRUE(access.Writes(UserOf("x", {"system:masters"})));
  EXPECT_FALSE(access.Writes(kCarol));
  Give(access, "", "asker", R"([{"verbs": ["create"], "apiGroups": ["authorization.k8s.io"], "resources": ["*"]}])",
       {TheUser("carol")});
  Give(access, "a", "reader", kReadPods, {TheUser("carol")});
  EXPECT_FALSE(access.Writes(kCarol)) << "questions are no writes";
  Give(access, "b", "maker", R"([{"verbs": ["create"], "apiGroups": [""], "resources": ["pods"]}])", {TheGroup("ops")});
  EXPECT_TRUE(access.Writes(kCarol));
  access.Change([](PolicyIndex& index) { index.PutRole("b", "maker", RulesIn(kReadPods)); });
  EXPECT_FALSE(access.Writes(kCarol));
}

TEST(Authorizer, EverybodySeesHealthAndVersionFromTheStart) {
  const Authorizer access;
  for (const char* path : {"/healthz", "/livez", "/readyz", "/version"}) {
    EXPECT_TRUE(access.Allows(kAnonymous, Path(path))) << path;
    EXPECT_TRUE(access.Allows(kCarol, Path(path))) << path;
  }
  for (const char* path : {"/", "/api", "/metrics", "/readyz/x", "/versions"}) {
    EXPECT_FALSE(access.Allows(kAnonymous, Path(path))) << path;
  }
  EXPECT_FALSE(access.Allows(kAnonymous, Path("/version", "post")));
  EXPECT_FALSE(access.Allows(kAnonymous, Of("list", "", "pods")));
  EXPECT_TRUE(access.Allows(UserOf("x", {"system:masters"}), Of("*", "*", "*")));
}

TEST(Authorizer, ANodeIsNoOtherNode) {
  Authorizer access;
  Give(access, "", "nodes", R"([{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}])",
       {TheGroup("system:nodes")});
  const http::User node = UserOf("system:node:n1", {"system:nodes"});
  struct Case {
    Attributes asked;
    bool allowed;
  };
  const Case cases[] = {
      {Of("patch", "", "nodes", "status", "n1", ""), true},
      {Of("patch", "", "nodes", "status", "n2", ""), false},
      {Of("get", "", "nodes", "status", "n2", ""), false},
      {Of("get", "", "nodes", "", "n2", ""), true},
      {Of("delete", "", "nodes", "", "n2", ""), false},
      {Of("create", "", "nodes", "", "", ""), true},  // whose, is said by the body
      {Of("create", "", "nodes", "", "n1", ""), true},
      {Of("create", "", "nodes", "", "n2", ""), false},
      {Of("create", "storage.k8s.io", "csinodes", "", "n2", ""), false},
      {Of("create", "coordination.k8s.io", "leases", "", "n2", "kube-node-lease"), false},
      {Of("create", "coordination.k8s.io", "leases", "", "", "kube-node-lease"), true},
      {Of("create", "coordination.k8s.io", "leases", "", "", "kube-system"), false},
      {Of("update", "coordination.k8s.io", "leases", "", "n1", "kube-system"), false},
      {Of("deletecollection", "", "nodes", "", "", ""), false},
      {Of("deletecollection", "coordination.k8s.io", "leases", "", "", "kube-node-lease"), false},
      {Of("deletecollection", "storage.k8s.io", "csinodes", "", "n1", ""), false},
      {Of("update", "coordination.k8s.io", "leases", "", "n1", "kube-node-lease"), true},
      {Of("update", "coordination.k8s.io", "leases", "", "n2", "kube-node-lease"), false},
      {Of("get", "coordination.k8s.io", "leases", "", "n2", "kube-node-lease"), false},
      {Of("patch", "storage.k8s.io", "csinodes", "", "n2", ""), false},
      {Of("get", "storage.k8s.io", "csinodes", "", "n2", ""), true},
      {Of("get", "", "secrets", "", "s"), true},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(ForbiddenMessage(node, one.asked, ""));
    EXPECT_EQ(access.Allows(node, one.asked), one.allowed);
  }
  // The group alone makes no node, and gives nothing.
  EXPECT_FALSE(access.Allows(UserOf("mallory", {"system:nodes"}), Of("get", "", "secrets")));
  EXPECT_FALSE(access.Allows(UserOf("system:node:", {"system:nodes"}), Of("get", "", "secrets")));
  EXPECT_FALSE(access.Writes(UserOf("mallory", {"system:nodes"})));
}

TEST(Authorizer, RulesThatManyBindingsGiveCountOnce) {
  Authorizer access;
  Give(access, "a", "reader", kReadPods, {TheUser("carol")});
  access.Change([](PolicyIndex& index) {
    for (const char* name : {"b", "c"}) index.PutBinding({"a", name, {"", "Role", "reader"}, {TheGroup("ops")}});
  });
  EXPECT_EQ(access.RulesFor(kCarol, "a").rules.size(), RulesIn(kReadPods).size() + 1) << "and what everybody has";
}

TEST(Authorizer, SaysWhy) {
  Authorizer access;
  Give(access, "a", "reader", kReadPods, {TheAccount("", "app")});
  const http::User app = UserOf("system:serviceaccount:a:app");
  EXPECT_EQ(access.Reason(app, Of("get", "", "pods", "", "", "a")),
            "RBAC: allowed by RoleBinding \"reader/a\" of Role \"reader\" to ServiceAccount \"app/a\"");
  EXPECT_EQ(access.Reason(app, Path("/version")),
            "RBAC: allowed by ClusterRoleBinding \"system:public-info-viewer\" of ClusterRole "
            "\"system:public-info-viewer\" to Group \"system:authenticated\"");
  EXPECT_EQ(access.Reason(app, Of("get", "", "secrets", "", "", "a")), "");
  access.Change([](PolicyIndex& index) {
    index.PutBinding({"", "lost", {"", "ClusterRole", "gone"}, {TheUser("carol")}});
  });
  EXPECT_EQ(access.Reason(kCarol, Of("get", "", "secrets", "", "", "a")),
            "RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found");
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
  for (const Worded& one : cases) EXPECT_EQ(ForbiddenMessage(kCarol, one.asked, ""), one.message);
}

TEST(Authorizer, AnswersAnonymousAsRecorded) {
  const http::Response response = Forbidden(kAnonymous, Of("list", "", "pods"), "");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(nlohmann::json::parse(std::get<std::string>(response.body)), nlohmann::json::parse(R"({
    "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
    "message": "pods is forbidden: User \"system:anonymous\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"",
    "reason": "Forbidden", "details": {"kind": "pods"}, "code": 403})"));
}

}  // namespace
}  // namespace ordinal::apiserver::auth

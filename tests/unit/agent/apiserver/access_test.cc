// What a request asks to do, read off its method and path.
#include "agent/apiserver/access.h"

#include <gtest/gtest.h>

#include "agent/apiserver/auth/review_routes.h"
#include "agent/apiserver/rest/route.h"
#include "agent/apiserver/rest/routes.h"
#include "agent/http/target.h"
#include "tests/fakes/run_task.h"

namespace ordinal::apiserver {
namespace {

struct Row {
  std::string method, target, verb, group, resource, subresource, ns, name, path;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.method << " " << row.target; }

class AccessTable : public ::testing::TestWithParam<Row> {};

http::Request Asked(const std::string& method, const std::string& target) {
  http::Request request;
  request.method = method;
  request.target = target;
  request.segments = http::ParseTarget(target)->segments;
  if (target.find("watch=true") != std::string::npos) request.query.emplace("watch", "true");
  return request;
}

TEST_P(AccessTable, IsRead) {
  const Row& row = GetParam();
  const auth::Attributes found = AttributesOf(Asked(row.method, row.target));
  EXPECT_EQ(found.verb, row.verb);
  EXPECT_EQ(found.group, row.group);
  EXPECT_EQ(found.resource, row.resource);
  EXPECT_EQ(found.subresource, row.subresource);
  EXPECT_EQ(found.ns, row.ns);
  EXPECT_EQ(found.name, row.name);
  EXPECT_EQ(found.path, row.path);
}

INSTANTIATE_TEST_SUITE_P(
    Requests, AccessTable,
    ::testing::Values(
        Row{"GET", "/version", "get", "", "", "", "", "", "/version"},
        Row{"HEAD", "/healthz?verbose", "get", "", "", "", "", "", "/healthz"},
        Row{"GET", "/api/v1", "get", "", "", "", "", "", "/api/v1"},
        Row{"GET", "/apis/apps/v1", "get", "", "", "", "", "", "/apis/apps/v1"},
        Row{"GET", "/api/v1/pods", "list", "", "pods", "", "", "", ""},
        Row{"GET", "/api/v1/pods?watch=true", "watch", "", "pods", "", "", "", ""},
        Row{"GET", "/api/v1/watch/namespaces/a/pods", "watch", "", "pods", "", "a", "", ""},
        Row{"DELETE", "/api/v1/watch/namespaces/a/pods/x", "delete", "", "pods", "", "a", "x", ""},
        Row{"POST", "/api/v1/watch/namespaces/a/pods", "create", "", "pods", "", "a", "", ""},
        Row{"GET", "/apis/metrics.k8s.io/v1beta1/namespaces/a/pods", "list", "metrics.k8s.io", "pods", "", "a", "", ""},
        Row{"GET", "/api/v1/namespaces/a", "get", "", "namespaces", "", "a", "a", ""},
        Row{"PUT", "/api/v1/namespaces/a/status", "update", "", "namespaces", "status", "a", "a", ""},
        Row{"DELETE", "/api/v1/namespaces/a/pods", "deletecollection", "", "pods", "", "a", "", ""},
        Row{"DELETE", "/api/v1/namespaces/a/pods/x", "delete", "", "pods", "", "a", "x", ""},
        Row{"POST", "/apis/apps/v1/namespaces/a/statefulsets", "create", "apps", "statefulsets", "", "a", "", ""},
        Row{"PATCH", "/apis/apps/v1/namespaces/a/statefulsets/x/scale", "patch", "apps", "statefulsets", "scale", "a",
            "x", ""},
        Row{"GET", "/api/v1/namespaces/a/pods/x/log", "get", "", "pods", "log", "a", "x", ""},
        Row{"GET", "/api/v1/nodes/n/proxy/metrics", "get", "", "nodes", "proxy", "", "n", ""},
        Row{"GET", "/api/v1/namespaces/a/pods/x:80/proxy/y?watch=true", "get", "", "pods", "proxy", "a", "x:80", ""},
        Row{"PUT", "/api/v1/namespaces/a/services/https:x:web/proxy/y", "update", "", "services", "proxy", "a",
            "https:x:web", ""},
        Row{"GET", "/api/v1/namespaces/a/pods/x/exec", "create", "", "pods", "exec", "a", "x", ""}));

TEST(Access, AFieldSelectorNamesTheObject) {
  const auto name_of = [](const char* target, const char* selector, const char* method = "GET") {
    http::Request request = Asked(method, target);
    request.query.emplace("fieldSelector", selector);
    return AttributesOf(request).name;
  };
  const char* pods = "/api/v1/namespaces/a/pods";
  EXPECT_EQ(name_of(pods, "metadata.name=x"), "x");
  EXPECT_EQ(name_of(pods, "metadata.name==x"), "x");
  EXPECT_EQ(name_of(pods, "status.phase=Running,metadata.name=x"), "x");
  EXPECT_EQ(name_of("/api/v1/namespaces/a/pods?watch=true", "metadata.name=x"), "x");
  EXPECT_EQ(name_of(pods, "metadata.name!=x"), "");
  EXPECT_EQ(name_of(pods, "metadata.name="), "");
  EXPECT_EQ(name_of(pods, "metadata.name=a/b"), "");
  EXPECT_EQ(name_of(pods, "metadata.name=.."), "");
  EXPECT_EQ(name_of(pods, "metadata.name=a\\,b"), "");
  EXPECT_EQ(name_of(pods, "metadata.name=x", "DELETE"), "") << "a deletion of all is none of one";
  EXPECT_EQ(name_of("/apis/metrics.k8s.io/v1beta1/namespaces/a/pods", "metadata.name=x"), "")
      << "what does not go by the selector must not be permitted by it";
}

TEST(Access, AnonymousMayNotRead) {
  auth::Authorizer access;
  access.Complete();
  http::Request request = Asked("GET", "/api/v1/namespaces/default/pods");
  request.user.groups = {"system:unauthenticated"};
  const std::optional<http::Response> refusal = Refusal(access, request);
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->status, 403);
  request.user.groups = {"system:masters"};
  EXPECT_FALSE(Refusal(access, request).has_value());
  EXPECT_TRUE(request.user.writes);
  request.headers.emplace("impersonate-user", "somebody");
  EXPECT_EQ(Refusal(access, request)->status, 403) << "somebody may not";
  EXPECT_EQ(request.user.name, "somebody");
  EXPECT_FALSE(request.user.writes);
}

TEST(Access, ARefusalIsInTheFormThatIsAccepted) {
  auth::Authorizer access;
  access.Complete();
  for (const bool impersonates : {false, true}) {
    for (const bool protobuf : {false, true}) {
      http::Request request = Asked("GET", "/api/v1/namespaces/default/pods");
      request.user.groups = {"system:unauthenticated"};
      if (impersonates) request.headers.emplace("impersonate-user", "somebody");
      if (protobuf) request.headers.emplace("accept", "application/vnd.kubernetes.protobuf,application/json");
      const std::optional<http::Response> refusal = Refusal(access, request);
      ASSERT_TRUE(refusal.has_value());
      EXPECT_EQ(refusal->status, 403);
      EXPECT_EQ(refusal->content_type, protobuf ? "application/vnd.kubernetes.protobuf" : "application/json");
      const std::string_view start = protobuf ? std::string_view("k8s\0", 4) : std::string_view("{");
      EXPECT_TRUE(std::get<std::string>(refusal->body).starts_with(start));
    }
  }
}

TEST(Access, AReviewIsNoTable) {
  auth::Authorizer access;
  Routes routes;
  auth::AddReviews(routes, access, nullptr);
  const std::string table = "application/json;as=Table;v=v1;g=meta.k8s.io";
  for (const auto& [accept, status] : {std::pair(table, 406), std::pair(table + ",application/json", 201)}) {
    http::Request request = Asked("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews");
    request.headers.emplace("accept", accept);
    request.body = R"({"spec": {"nonResourceAttributes": {"verb": "get", "path": "/"}}})";
    asio::io_context io;
    const http::Handler& handler = *routes.Find(request);
    EXPECT_EQ(RunTask(io, handler(std::make_shared<http::Request>(request))).status, status) << accept;
  }
}

http::Request By(const char* user, const std::string& method, const std::string& target) {
  http::Request request = Asked(method, target);
  request.user.name = user;
  return request;
}

/// The code of the answer; 0: it may go on.
int Refused(const auth::Authorizer& access, http::Request request) {
  const std::optional<http::Response> refusal = Refusal(access, request);
  return refusal ? refusal->status : 0;
}

TEST(Access, WhatIsNotKnownYetIsAskedAgain) {
  auth::Authorizer access;
  http::Request stranger = Asked("GET", "/readyz");
  stranger.user.groups = {"system:unauthenticated"};
  EXPECT_EQ(Refused(access, stranger), 0) << "health is everybody's";
  stranger = Asked("GET", "/api/v1/pods");
  stranger.user.groups = {"system:unauthenticated"};
  EXPECT_EQ(Refused(access, stranger), 503) << "roles may give strangers more";
  http::Request carol = By("carol", "GET", "/api/v1/pods");
  const std::optional<http::Response> later = Refusal(access, carol);
  ASSERT_TRUE(later.has_value());
  EXPECT_EQ(later->status, 503);
  EXPECT_EQ(later->headers, (std::vector<std::pair<std::string, std::string>>{{"Retry-After", "1"}}));
  http::Request root = By("root", "GET", "/api/v1/pods");
  root.user.groups = {"system:masters"};
  EXPECT_EQ(Refused(access, root), 0);
  root.headers.emplace("impersonate-user", "carol");
  EXPECT_EQ(Refused(access, root), 503) << "as carol it is carol";
  carol.headers.emplace("impersonate-user", "dave");
  EXPECT_EQ(Refused(access, carol), 503) << "she may be allowed to";
  root = By("root", "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews");
  root.user.groups = {"system:masters"};
  EXPECT_EQ(Refused(access, root), 503) << "who asks for others' rights is not told wrong";

  access.Change([](auth::PolicyIndex& index) {
    index.PutRole("", "r", {{{"list"}, {""}, {"pods"}, {}, {}}});
    index.PutBinding({"", "r", {"", "ClusterRole", "r"}, {{"User", "", "carol", ""}}});
  });
  access.Complete();
  EXPECT_EQ(Refused(access, By("carol", "GET", "/api/v1/pods")), 0);
  EXPECT_EQ(Refused(access, carol), 403);
  EXPECT_EQ(Refused(access, stranger), 403);
}

TEST(Access, WhatIsServedIsWhatWasAskedFor) {
  Routes routes;
  const auto answer = [](const http::Request&) { return http::Response(); };
  routes.AddPlain("/api/v1/nodes/n/proxy/", answer);
  routes.AddPlain("/apis/metrics.k8s.io/v1beta1/", answer);
  EXPECT_NE(routes.Find(Asked("GET", "/api/v1/nodes/n/proxy/metrics")), nullptr);
  for (const char* target :
       {"/api/v1/nodes/n%2Fproxy/metrics/pods", "/api/v1/nodes/n%2Fproxy%2Fpods", "/api/v1/nodes%2Fn/proxy/pods",
        "/api/v1%2Fnodes/n/proxy/pods", "/api/v1/nodes/n/proxy/pods%2F", "/api/v1/nodes/n/proxy/pods%25",
        "/apis/metrics.k8s.io%2Fv1beta1/pods", "/apis/metrics.k8s.io/v1beta1/namespaces/a%2Fpods"}) {
    const http::Request request = Asked("GET", target);
    EXPECT_EQ(routes.Find(request), nullptr) << target;
    EXPECT_FALSE(rest::FindRoute(request.segments)) << target;
    EXPECT_EQ(AttributesOf(request).path, target) << "which names no resource";
  }
  EXPECT_FALSE(rest::FindRoute(Asked("GET", "/api/v1/namespaces/a/pods/b%2Fexec").segments));
  EXPECT_FALSE(rest::FindRoute(Asked("GET", "/api/v1/watch/namespaces/a/pods/x/exec").segments));
  EXPECT_TRUE(rest::FindRoute(Asked("GET", "/api/v1/watch/namespaces/a/pods/x").segments));
}

}  // namespace
}  // namespace ordinal::apiserver

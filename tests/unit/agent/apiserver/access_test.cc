// What a request asks to do, read off its method and path.
#include "agent/apiserver/access.h"

#include <gtest/gtest.h>

#include <thread>

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
  std::string path = target.substr(0, target.find('?'));
  for (size_t begin = 1; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    request.segments.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
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

TEST(Access, WaitsUntilRolesAreKnown) {
  auth::Authorizer access;
  http::Request stranger = Asked("GET", "/readyz");
  stranger.user.groups = {"system:unauthenticated"};
  EXPECT_FALSE(Refusal(access, stranger).has_value()) << "who does not wait";
  std::thread teller([&access] {
    access.Change([](auth::PolicyIndex& index) {
      index.PutRole("", "r", {{{"list"}, {""}, {"pods"}, {}, {}}});
      index.PutBinding({"", "r", {"", "ClusterRole", "r"}, {{"User", "", "carol", ""}}});
    });
    access.Complete();
  });
  http::Request request = Asked("GET", "/api/v1/pods");
  request.user.name = "carol";
  EXPECT_FALSE(Refusal(access, request).has_value());
  teller.join();
}

}  // namespace
}  // namespace ordinal::apiserver

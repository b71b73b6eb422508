// What a request asks to do, read off its method and path.
#include "agent/apiserver/access.h"

#include <gtest/gtest.h>

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
        Row{"GET", "/api/v1/namespaces/a/pods/x/exec", "create", "", "pods", "exec", "a", "x", ""}));

TEST(Access, AnonymousMayNotRead) {
  http::Request request = Asked("GET", "/api/v1/namespaces/default/pods");
  const std::optional<http::Response> refusal = Refusal(request);
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->status, 403);
  request.user.groups = {"system:masters"};
  EXPECT_FALSE(Refusal(request).has_value());
  request.headers.emplace("impersonate-user", "somebody");
  EXPECT_EQ(Refusal(request)->status, 501);
}

}  // namespace
}  // namespace ordinal::apiserver

#include "agent/node/api/access.h"

#include <gmock/gmock.h>

#include "agent/http/target.h"

namespace ordinal::node {
namespace {

using ::testing::ElementsAre;

http::Request Asks(const std::string& target, const std::string& user = "reader", const std::string& method = "GET") {
  http::Request request;
  request.method = method;
  request.target = target;
  const auto parsed = http::ParseTarget(target);
  request.segments = parsed->segments;
  request.query = parsed->query;
  request.user.name = user;
  return request;
}

Access Granting(const std::string& subresource) {
  Access access;
  access.known = [](const http::User& user) { return !user.name.empty(); };
  access.may = [subresource](const http::User&, std::string_view verb, std::string_view asked) {
    return verb == "get" && asked == subresource;
  };
  return access;
}

int StatusOf(const Access& access, const http::Request& request) {
  const auto refused = RefuseAccess(access, request);
  return refused ? refused->status : 200;
}

TEST(NodeAccess, EachPathAsksForItsRight) {
  EXPECT_THAT(SubresourcesOf(Asks("/metrics")), ElementsAre("metrics"));
  EXPECT_THAT(SubresourcesOf(Asks("/metrics/cadvisor")), ElementsAre("metrics"));
  EXPECT_THAT(SubresourcesOf(Asks("/stats/summary")), ElementsAre("stats"));
  EXPECT_THAT(SubresourcesOf(Asks("/logs/a")), ElementsAre("log"));
  EXPECT_THAT(SubresourcesOf(Asks("/spec")), ElementsAre("spec"));
  EXPECT_THAT(SubresourcesOf(Asks("/pods")), ElementsAre("pods", "proxy"));
  EXPECT_THAT(SubresourcesOf(Asks("/runningpods/")), ElementsAre("pods", "proxy"));
  EXPECT_THAT(SubresourcesOf(Asks("/healthz/ping")), ElementsAre("healthz", "proxy"));
  EXPECT_THAT(SubresourcesOf(Asks("/configz")), ElementsAre("configz", "proxy"));
  EXPECT_THAT(SubresourcesOf(Asks("/exec/ns/pod/main")), ElementsAre("proxy"));
  EXPECT_THAT(SubresourcesOf(Asks("/metricsx")), ElementsAre("proxy")) << "a word, not how it begins";
  EXPECT_THAT(SubresourcesOf(Asks("/")), ElementsAre("proxy"));
}

TEST(NodeAccess, VerbsAreThoseOfMethods) {
  EXPECT_EQ(AccessVerbOf(Asks("/pods", "u", "HEAD")), "get");
  EXPECT_EQ(AccessVerbOf(Asks("/run/a/b/c", "u", "POST")), "create");
  EXPECT_EQ(AccessVerbOf(Asks("/pods", "u", "TRACE")), "");
}

TEST(NodeAccess, WhoShowsNothingGetsHealthAlone) {
  EXPECT_EQ(StatusOf(Granting("metrics"), Asks("/metrics", "")), 401);
  EXPECT_EQ(StatusOf(Granting("metrics"), Asks("/healthz", "")), 200);
  EXPECT_EQ(StatusOf(Granting("metrics"), Asks("/healthz/syncloop", "")), 401);
  EXPECT_EQ(StatusOf(Granting("metrics"), Asks("/healthz", "", "POST")), 401);
}

TEST(NodeAccess, OneOfTheRightsWillDo) {
  EXPECT_EQ(StatusOf(Granting("metrics"), Asks("/metrics/resource")), 200);
  EXPECT_EQ(StatusOf(Granting("metrics"), Asks("/stats/summary")), 403);
  EXPECT_EQ(StatusOf(Granting("proxy"), Asks("/pods")), 200);
  EXPECT_EQ(StatusOf(Granting("pods"), Asks("/pods")), 200);
  EXPECT_EQ(StatusOf(Granting("pods"), Asks("/exec/ns/pod/main")), 403);
  EXPECT_EQ(StatusOf(Granting("proxy"), Asks("/metrics")), 403) << "that right is its own";
  EXPECT_EQ(StatusOf(Granting("metrics"), Asks("/metrics", "reader", "POST")), 403);
  EXPECT_EQ(StatusOf(Granting("metrics"), Asks("/metrics", "reader", "TRACE")), 403);
  const auto refused = RefuseAccess(Granting("metrics"), Asks("/pods"));
  EXPECT_EQ(std::get<std::string>(refused->body),
            "Forbidden (user=reader, verb=get, resource=nodes, subresource(s)=[pods proxy])\n");
}

TEST(NodeAccess, WhatIsNotKnownYetIsAskedAgain) {
  bool complete = false;
  Access access = Granting("metrics");
  access.complete = [&complete] { return complete; };
  EXPECT_EQ(StatusOf(access, Asks("/metrics")), 200);
  EXPECT_EQ(StatusOf(access, Asks("/pods", "")), 401);
  const auto later = RefuseAccess(access, Asks("/pods"));
  ASSERT_TRUE(later.has_value());
  EXPECT_EQ(later->status, 503);
  EXPECT_THAT(later->headers, ElementsAre(testing::Pair("Retry-After", "1")));
  complete = true;
  EXPECT_EQ(StatusOf(access, Asks("/pods")), 403);
}

}  // namespace
}  // namespace ordinal::node

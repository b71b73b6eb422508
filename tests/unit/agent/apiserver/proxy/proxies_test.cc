#include "agent/apiserver/proxy/proxies.h"

#include <gmock/gmock.h>

#include <variant>

#include "agent/http/target.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/run_task.h"
#include "tests/unit/agent/apiserver/streams/requests.h"

namespace ordinal::apiserver::proxy {
namespace {

using api::Json;
using streams::StatusLine;
using streams::Values;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class ProxiesTest : public ::testing::Test {
 protected:
  ProxiesTest() {
    Store(R"({"kind":"Pod","metadata":{"name":"a","namespace":"d"},"status":{"podIPs":[{"ip":"10.244.0.3"}]}})");
    Store(R"({"kind":"Pod","metadata":{"name":"waits","namespace":"d"},"status":{}})");
    Store(R"({"kind":"Service","metadata":{"name":"s","namespace":"d"},"spec":{"ports":[{"name":"web","port":80}]}})");
    Store(R"({"kind":"Node","metadata":{"name":"n"},"status":{"daemonEndpoints":{"kubeletEndpoint":{"Port":10250}},
              "addresses":[{"type":"InternalIP","address":"192.0.2.10"}]}})");
    Store(R"({"kind":"Node","metadata":{"name":"other"},"status":{}})");
  }
  void Store(const char* text) {
    Json body = Json::parse(text);
    body["apiVersion"] = "v1";
    ASSERT_TRUE(RunTask(io_, store_.Create(api::Object(body))).ok());
  }
  http::Response Ask(const std::string& target, Values headers = {}, const std::string& method = "GET") {
    auto request = std::make_shared<http::Request>();
    request->method = method;
    request->target = target;
    request->segments = http::ParseTarget(target)->segments;
    request->headers = std::move(headers);
    const std::string& resource = request->segments[2] == "nodes" ? request->segments[2] : request->segments[4];
    if (resource == "nodes") return RunTask(io_, proxies_.Nodes(request));
    return RunTask(io_, resource == "pods" ? proxies_.Pods(request) : proxies_.Services(request));
  }
  static Task<http::Response> OwnApi(std::shared_ptr<const http::Request> request) {
    http::Response response;
    response.body = "own: " + request->target;
    co_return response;
  }

  asio::io_context io_;
  store::MemoryStore store_;
  SeededRandom random_{1};
  Proxies proxies_{store_, random_, io_.get_executor(), {"n", OwnApi}};
};

TEST_F(ProxiesTest, WhatCannotBeIsAStatus) {
  const struct {
    const char *target, *status;
  } kCases[] = {
      {"/api/v1/namespaces/d/pods/x:80/proxy/", "404 NotFound: pods \"x\" not found"},
      {"/api/v1/namespaces/d/pods/a:b:c:d/proxy/", "400 BadRequest: invalid pod request \"a:b:c:d\""},
      {"/api/v1/namespaces/d/pods/waits:80/proxy/", "400 BadRequest: address not allowed"},
      {"/api/v1/namespaces/d/services/x:80/proxy/", "404 NotFound: services \"x\" not found"},
      {"/api/v1/namespaces/d/services/s:80/proxy/", "503 ServiceUnavailable: no endpoints available for service \"s\""},
      {"/api/v1/nodes/x/proxy/", "404 NotFound: nodes \"x\" not found"},
      {"/api/v1/nodes/other/proxy/", "503 ServiceUnavailable: node other is not this agent's: nobody is known there"},
      {"/api/v1/nodes/n:web/proxy/", "400 BadRequest: \"web\" is not a port from 1 to 65535"},
  };
  for (const auto& [target, status] : kCases) EXPECT_EQ(StatusLine(Ask(target)), status) << target;
}

TEST_F(ProxiesTest, ANodesOwnApiIsAskedDirectly) {
  for (const char* name : {"n", "n:10250", "https:n:10250", "https:n:"}) {
    const std::string target = "/api/v1/nodes/" + std::string(name) + "/proxy/metrics";
    EXPECT_EQ(streams::TextOf(Ask(target)), "own: " + target);
  }
}

TEST_F(ProxiesTest, AnEmptyPathIsRedirectedToTheSlash) {
  const http::Response moved = Ask("/api/v1/namespaces/d/pods/a:80/proxy?x=y");
  EXPECT_EQ(moved.status, 301);
  EXPECT_THAT(moved.headers, ElementsAre(Pair("Location", "/api/v1/namespaces/d/pods/a:80/proxy/?x=y")));
}

TEST_F(ProxiesTest, AnUpgradeIsHandedOn) {
  const Values upgrade{
      {"connection", "keep-alive, Upgrade"}, {"upgrade", "websocket"}, {"x-forwarded-for", "10.0.0.1"}};
  const auto handed = [&](const char* target) { return std::get<http::Proxy>(Ask(target, upgrade).body); };
  const http::Proxy plain = handed("/api/v1/namespaces/d/pods/a:80/proxy/ws?x=y");
  EXPECT_EQ(plain.url, "http://10.244.0.3:80/ws?x=y");
  EXPECT_FALSE(plain.any_certificate);
  EXPECT_TRUE(plain.keeps_host);
  EXPECT_THAT(plain.set_headers, ElementsAre(Pair("x-forwarded-for", "10.0.0.1")));
  const http::Proxy tls = handed("/api/v1/namespaces/d/pods/https:a:443/proxy");
  EXPECT_EQ(tls.url, "https://10.244.0.3:443/");
  EXPECT_TRUE(tls.any_certificate);
  EXPECT_EQ(handed("/api/v1/nodes/n:9100/proxy/x").url, "http://192.0.2.10:9100/x");
}

TEST_F(ProxiesTest, BodiesOfProxiedRequestsAreTakenWhileTheyCome) {
  const auto takes = [](const char* target, Values headers = {}) {
    http::Request request;
    request.method = "POST";
    request.segments = http::ParseTarget(target)->segments;
    request.headers = std::move(headers);
    return Proxies::TakesBody(request);
  };
  EXPECT_TRUE(takes("/api/v1/namespaces/d/pods/a:80/proxy/x"));
  EXPECT_TRUE(takes("/api/v1/namespaces/d/services/s:80/proxy"));
  EXPECT_TRUE(takes("/api/v1/namespaces/d/pods/a:80/proxy/x", {{"connection", "Upgrade"}})) << "to nothing";
  EXPECT_FALSE(takes("/api/v1/namespaces/d/pods/a:80/proxy/x", {{"connection", "Upgrade"}, {"upgrade", "x"}}));
  EXPECT_FALSE(takes("/api/v1/namespaces/d/pods/a/eviction"));
  EXPECT_FALSE(takes("/api/v1/nodes/n/proxy/x"));
  EXPECT_FALSE(takes("/apis/apps/v1/namespaces/d/pods/a/proxy/x"));
}

}  // namespace
}  // namespace ordinal::apiserver::proxy

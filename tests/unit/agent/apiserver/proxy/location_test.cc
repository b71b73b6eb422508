#include "agent/apiserver/proxy/location.h"

#include <gtest/gtest.h>

namespace ordinal::apiserver::proxy {
namespace {

using api::Json;

std::string Shown(const Result<Location>& location) {
  return location.ok() ? location->Url() : location.error().message;
}

TEST(ReadName, IsSchemeNameAndPort) {
  const struct {
    const char *text, *scheme, *name, *port;
  } kCases[] = {{"a", "", "a", ""},           {"a:80", "", "a", "80"},
                {"a:web", "", "a", "web"},    {"https:a:8443", "https", "a", "8443"},
                {"http:a:", "http", "a", ""}, {":a:1", "", "a", "1"}};
  for (const auto& [text, scheme, name, port] : kCases) {
    const auto named = ReadName("pod", text);
    ASSERT_TRUE(named.ok()) << text;
    EXPECT_EQ(named->scheme, scheme) << text;
    EXPECT_EQ(named->name, name) << text;
    EXPECT_EQ(named->port, port) << text;
  }
  for (const char* text : {"", ":80", "ftp:a:1", "a:b:c:d", "https::1"}) {
    const auto named = ReadName("pod", text);
    ASSERT_FALSE(named.ok()) << text;
    EXPECT_EQ(named.error().message, "invalid pod request \"" + std::string(text) + "\"");
  }
}

api::Object PodAt(const std::string& address) {
  const Json port = {{"containerPort", 8080}, {"name", "web"}};
  return api::Object(Json{{"metadata", {{"name", "a"}}},
                          {"spec", {{"containers", Json::array({{{"name", "main"}, {"ports", Json::array({port})}}})}}},
                          {"status", {{"podIPs", Json::array({{{"ip", address}}})}}}});
}

TEST(OfPod, IsItsAddressAndAPort) {
  const struct {
    const char *name, *address, *url;
  } kCases[] = {
      {"a", "10.244.0.3", "http://10.244.0.3:8080"},
      {"a:80", "10.244.0.3", "http://10.244.0.3:80"},
      {"https:a:web", "fd00::3", "https://[fd00::3]:8080"},
      {"a:nosuch", "10.244.0.3", "pod a has no port \"nosuch\""},
      {"a:0", "10.244.0.3", "pod a has no port \"0\""},
      {"a:65536", "10.244.0.3", "pod a has no port \"65536\""},
      {"a:80", "", "address not allowed"},
      {"a:80", "127.0.0.1", "address not allowed"},
      {"a:80", "169.254.169.254", "address not allowed"},
      {"a:80", "fe80::1", "address not allowed"},
      {"a:80", "0.0.0.0", "address not allowed"},
      {"a:80", "::ffff:127.0.0.1", "address not allowed"},
      {"a:80", "::ffff:169.254.169.254", "address not allowed"},
      {"a:80", "::ffff:10.244.0.3", "http://[::ffff:10.244.0.3]:80"},
      {"a:80", "224.0.0.1", "address not allowed"},
  };
  for (const auto& [name, address, url] : kCases) {
    EXPECT_EQ(Shown(OfPod(*ReadName("pod", name), PodAt(address))), url) << name << " " << address;
  }
}

TEST(OfService, IsAReadyEndpointOfThePort) {
  const api::Object service(Json::parse(R"({"spec":{"ports":[{"name":"web","port":80},{"port":81}]}})"));
  const api::Object endpoints(Json::parse(R"({"subsets":[
    {"addresses":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}],"notReadyAddresses":[{"ip":"10.0.0.9"}],
     "ports":[{"name":"web","port":8080},{"port":8081}]},
    {"addresses":[{"ip":"10.0.0.3"}],"ports":[{"name":"web","port":9090}]}]})"));
  const struct {
    const char* name;
    size_t chosen;
    const char* url;
  } kCases[] = {
      {"s:80", 0, "http://10.0.0.1:8080"},
      {"s:web", 2, "http://10.0.0.3:9090"},
      {"https:s:81", 1, "https://10.0.0.2:8081"},
      {"s", 0, "http://10.0.0.1:8081"},
      {"s:82", 0, "no service port 82 found for service \"s\""},
      {"s:nosuch", 0, "no endpoints available for service \"s\""},
  };
  for (const auto& [name, chosen, url] : kCases) {
    const auto choose = [at = chosen](size_t below) { return std::min(at, below - 1); };
    EXPECT_EQ(Shown(OfService(*ReadName("service", name), service, endpoints, choose)), url) << name;
  }
  const api::Object nobody(Json::object());
  EXPECT_EQ(Shown(OfService(*ReadName("service", "s:80"), service, nobody, [](size_t) { return size_t{0}; })),
            "no endpoints available for service \"s\"");
}

TEST(OfNode, IsItsInternalAddress) {
  const api::Object node(Json::parse(R"({"status":{"addresses":[
    {"type":"Hostname","address":"n"},{"type":"InternalIP","address":"192.0.2.10"}]}})"));
  EXPECT_EQ(Shown(OfNode(*ReadName("node", "https:n:8443"), node)), "https://192.0.2.10:8443");
  EXPECT_EQ(Shown(OfNode(*ReadName("node", "n:web"), node)), "\"web\" is not a port from 1 to 65535");
  EXPECT_EQ(Shown(OfNode(*ReadName("node", "n:1"), api::Object(Json::object()))), "address not allowed");
}

TEST(CutTarget, CutsBehindTheWordProxy) {
  const struct {
    const char* target;
    size_t words;
    const char *prefix, *rest;
  } kCases[] = {
      {"/api/v1/nodes/n/proxy/a//b?c=d", 5, "/api/v1/nodes/n/proxy", "/a//b?c=d"},
      {"/api/v1/nodes/n/proxy", 5, "/api/v1/nodes/n/proxy", ""},
      {"//api/v1//nodes/n/proxy?x=/y", 5, "//api/v1//nodes/n/proxy", "?x=/y"},
      {"https://h:1/api/v1/nodes/n/proxy/", 5, "/api/v1/nodes/n/proxy", "/"},
      {"/api/v1/namespaces/d/pods/a:80/proxy/%41#b", 7, "/api/v1/namespaces/d/pods/a:80/proxy", "/%41"},
  };
  for (const auto& [target, words, prefix, rest] : kCases) {
    const Cut cut = CutTarget(target, words);
    EXPECT_EQ(cut.prefix, prefix) << target;
    EXPECT_EQ(cut.rest, rest) << target;
  }
}

}  // namespace
}  // namespace ordinal::apiserver::proxy

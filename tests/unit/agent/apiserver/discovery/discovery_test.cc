#include "agent/apiserver/discovery/discovery.h"

#include <gtest/gtest.h>

#include <fstream>

namespace ordinal::apiserver {
namespace {

using api::Json;

Json Recorded(const std::string& file) {
  std::ifstream in(std::string(ORDINAL_TEST_DATA) + "/discovery/" + file);
  EXPECT_TRUE(in.good()) << file;
  return Json::parse(in);
}

http::Response Get(std::vector<std::string> segments, const std::string& accept = "application/json, */*",
                   const std::string& etag = "") {
  http::Request request;
  request.method = "GET";
  request.segments = std::move(segments);
  request.headers.emplace("accept", accept);
  request.headers.emplace("host", "127.0.0.1:6443");
  if (!etag.empty()) request.headers.emplace("if-none-match", etag);
  return ServeDiscovery(request);
}

Json BodyOf(const http::Response& response) { return Json::parse(std::get<std::string>(response.body)); }

std::string HeaderOf(const http::Response& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

constexpr char kAggregated[] =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

TEST(Discovery, CoreVersionsAreAsRecorded) {
  const http::Response response = Get({"api"});
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(BodyOf(response), Recorded("api.json"));
}

TEST(Discovery, EveryGroupServedStandsAsRecordedAndInTheRecordedOrder) {
  const Json recorded = Recorded("apis.json")["groups"];
  const Json served = BodyOf(Get({"apis"}));
  EXPECT_EQ(served["kind"], "APIGroupList");
  EXPECT_EQ(served["apiVersion"], "v1");
  size_t last = 0;
  for (const Json& group : served["groups"]) {
    const auto same = std::find_if(recorded.begin(), recorded.end(),
                                   [&](const Json& other) { return other["name"] == group["name"]; });
    if (same == recorded.end()) continue;  // groups of ours: metrics, old versions
    const auto place = static_cast<size_t>(same - recorded.begin());
    EXPECT_GE(place, last) << group["name"];
    last = place + 1;
    EXPECT_EQ(group["preferredVersion"], (*same)["preferredVersion"]);
    EXPECT_EQ(group["versions"].front(), group["preferredVersion"]);
  }
}

// kubectl keeps what discovery said for six hours, but not of a group without resources: with one, every command asks
// again. Scale and Eviction are the bodies of subresources; nothing is listed below their groups.
TEST(Discovery, NoGroupIsWithoutResources) {
  const Json groups = BodyOf(Get({"apis"}))["groups"];
  ASSERT_FALSE(groups.empty());
  for (const Json& group : groups) {
    ASSERT_FALSE(group["versions"].empty()) << group;
    for (const Json& version : group["versions"]) {
      const Json list = BodyOf(Get({"apis", group["name"], version["version"]}));
      EXPECT_FALSE(list["resources"].empty()) << version;
    }
  }
}

TEST(Discovery, OldVersionsOfAppsFollowThePreferredOne) {
  const Json group = BodyOf(Get({"apis", "apps"}));
  EXPECT_EQ(group["kind"], "APIGroup");
  std::vector<std::string> versions;
  for (const Json& version : group["versions"]) versions.push_back(version["version"]);
  EXPECT_EQ(versions, (std::vector<std::string>{"v1", "v1beta2", "v1beta1"}));
}

struct ListCase {
  std::string file;
  std::vector<std::string> path;
};
void PrintTo(const ListCase& c, std::ostream* out) { *out << c.file; }
class ResourceLists : public ::testing::TestWithParam<ListCase> {};

TEST_P(ResourceLists, EveryResourceServedIsAsRecorded) {
  const Json recorded = Recorded(GetParam().file);
  Json served = BodyOf(Get(GetParam().path));
  size_t compared = 0;
  for (const Json& resource : served["resources"]) {
    // Newer than what was recorded: NewerOnesAreServed.
    if (resource["name"] == "pods/resize" || resource["name"] == "volumeattributesclasses") ++compared;
    for (Json other : recorded["resources"]) {
      if (other["name"] != resource["name"]) continue;
      other.erase("storageVersionHash");  // says how the reference stores it
      EXPECT_EQ(resource, other);
      ++compared;
    }
  }
  EXPECT_EQ(compared, served["resources"].size()) << "every resource is one of the reference's";
  EXPECT_TRUE(std::is_sorted(served["resources"].begin(), served["resources"].end(),
                             [](const Json& a, const Json& b) { return a["name"] < b["name"]; }));
  served.erase("resources");
  Json head = recorded;
  head.erase("resources");
  EXPECT_EQ(served, head);
}

INSTANTIATE_TEST_SUITE_P(
    Discovery, ResourceLists,
    ::testing::Values(ListCase{"api-v1.json", {"api", "v1"}}, ListCase{"apis-apps-v1.json", {"apis", "apps", "v1"}},
                      ListCase{"apis-policy-v1.json", {"apis", "policy", "v1"}},
                      ListCase{"apis-coordination.k8s.io-v1.json", {"apis", "coordination.k8s.io", "v1"}},
                      ListCase{"apis-events.k8s.io-v1.json", {"apis", "events.k8s.io", "v1"}},
                      ListCase{"apis-discovery.k8s.io-v1.json", {"apis", "discovery.k8s.io", "v1"}},
                      ListCase{"apis-storage.k8s.io-v1.json", {"apis", "storage.k8s.io", "v1"}}));

TEST(Discovery, NewerOnesAreServed) {
  const Json classes = Json::parse(R"({"name":"volumeattributesclasses","singularName":"volumeattributesclass",
      "namespaced":false,"kind":"VolumeAttributesClass","shortNames":["vac"],
      "verbs":["create","delete","deletecollection","get","list","patch","update","watch"]})");
  const Json storage = BodyOf(Get({"apis", "storage.k8s.io", "v1"}))["resources"];
  EXPECT_NE(std::find(storage.begin(), storage.end(), classes), storage.end());
  const Json all = BodyOf(Get({"api", "v1"}))["resources"];
  const Json resize = Json::parse(R"({"name":"pods/resize","singularName":"","namespaced":true,"kind":"Pod",
      "verbs":["get","patch","update"]})");
  EXPECT_NE(std::find(all.begin(), all.end(), resize), all.end());
  const Json certificates = BodyOf(Get({"apis", "certificates.k8s.io", "v1"}))["resources"];
  const Json approval = Json::parse(R"({"name":"certificatesigningrequests/approval","singularName":"",
      "namespaced":false,"kind":"CertificateSigningRequest","verbs":["get","patch","update"]})");
  EXPECT_NE(std::find(certificates.begin(), certificates.end(), approval), certificates.end());
}

TEST(Discovery, AggregatedGroupsAreAsRecorded) {
  const http::Response response = Get({"apis"}, kAggregated);
  EXPECT_EQ(response.content_type, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
  const Json served = BodyOf(response);
  const Json recorded = Recorded("aggregated-apis-apps.json");
  EXPECT_EQ(served["kind"], recorded["kind"]);
  EXPECT_EQ(served["apiVersion"], recorded["apiVersion"]);
  const auto found = std::find_if(served["items"].begin(), served["items"].end(),
                                  [](const Json& group) { return group["metadata"]["name"] == "apps"; });
  ASSERT_NE(found, served["items"].end());
  const Json& apps = *found;
  EXPECT_EQ(apps["metadata"], recorded["items"][0]["metadata"]);
  const Json& version = apps["versions"][0];
  EXPECT_EQ(version["freshness"], "Current");
  for (const Json& resource : version["resources"]) {
    const Json& all = recorded["items"][0]["versions"][0]["resources"];
    EXPECT_NE(std::find(all.begin(), all.end(), resource), all.end()) << resource.dump(1);
  }
}

TEST(Discovery, TheFormIsTheFirstOneAccepted) {
  const http::Response beta = Get({"api"}, "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList");
  EXPECT_EQ(BodyOf(beta)["apiVersion"], "apidiscovery.k8s.io/v2beta1");
  EXPECT_EQ(beta.content_type, "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList");
  EXPECT_EQ(BodyOf(Get({"api"}, "application/json"))["kind"], "APIVersions");
  EXPECT_EQ(BodyOf(Get({"api"}, ""))["kind"], "APIVersions");
  // one that is not known yet is passed over
  EXPECT_EQ(BodyOf(Get({"api"}, "application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList, */*"))["kind"],
            "APIVersions");
  EXPECT_EQ(BodyOf(Get({"apis", "apps"}, kAggregated))["kind"], "APIGroup");
  EXPECT_EQ(Get({"api"}, "application/vnd.kubernetes.protobuf").status, 406);
}

TEST(Discovery, AnUnchangedAnswerIsNotSentAgain) {
  const std::string etag = HeaderOf(Get({"apis"}, kAggregated), "ETag");
  EXPECT_EQ(etag.size(), 130U);
  const http::Response again = Get({"apis"}, kAggregated, etag);
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(std::get<std::string>(again.body), "");
  EXPECT_EQ(Get({"apis"}, "application/json", etag).status, 200) << "the other form has another tag";
}

TEST(Discovery, VersionHasTheRecordedMembers) {
  const Json served = BodyOf(Get({"version"}));
  const Json recorded = Recorded("version.json");
  for (const auto& [name, value] : recorded.items()) EXPECT_EQ(served.value(name, Json()).type(), value.type()) << name;
  EXPECT_EQ(served.size(), recorded.size());
  EXPECT_EQ(served["major"], recorded["major"]);
  EXPECT_EQ(served["minor"], recorded["minor"]);
}

TEST(Discovery, WhatIsNotServedIsNotFound) {
  for (const std::vector<std::string>& path : std::vector<std::vector<std::string>>{
           {"apis", "example.com"}, {"apis", "apps", "v9"}, {"api", "v2"}, {"apis", ""}, {"api", "v1", "pods"}}) {
    EXPECT_EQ(Get(path).status, 404);
  }
  http::Request post;
  post.method = "POST";
  post.segments = {"apis"};
  EXPECT_EQ(ServeDiscovery(post).status, 405);
}

TEST(Discovery, TheRootNamesEveryVersion) {
  const Json paths = BodyOf(Get({}))["paths"];
  for (const char* path : {"/api/v1", "/apis/apps", "/apis/apps/v1", "/openapi/v2", "/healthz", "/version"}) {
    EXPECT_NE(std::find(paths.begin(), paths.end(), path), paths.end()) << path;
  }
}

}  // namespace
}  // namespace ordinal::apiserver

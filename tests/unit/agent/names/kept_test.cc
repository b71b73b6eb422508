#include "agent/names/kept.h"

#include <gtest/gtest.h>

namespace ordinal::names {
namespace {

using api::Json;
using api::Object;

constexpr char kKeptZone[] = "cluster.local";

Json PodEndpoint(const std::string& hostname, const std::string& address, const std::string& uid) {
  return Json{{"addresses", Json::array({address})},
              {"conditions", {{"ready", true}}},
              {"hostname", hostname},
              {"targetRef", {{"kind", "Pod"}, {"name", hostname}, {"uid", uid}}}};
}

/// db-0 and db-1 behind a headless service, and an address that somebody wrote by hand.
Names Shop() {
  Names names;
  names.namespaces = {"shop"};
  names.services.push_back(api::Service::From(
      Object(Json{{"apiVersion", "v1"},
                  {"kind", "Service"},
                  {"metadata", {{"name", "db"}, {"namespace", "shop"}, {"annotations", {{"long", "text"}}}}},
                  {"spec", {{"clusterIP", "None"}, {"clusterIPs", Json::array({"None"})}}}})));
  Json manual{{"addresses", Json::array({"192.0.2.9"})}, {"hostname", "outside"}};
  names.slices.push_back(api::EndpointSlice::From(Object(Json{
      {"apiVersion", "discovery.k8s.io/v1"},
      {"kind", "EndpointSlice"},
      {"metadata", {{"name", "db-x"}, {"namespace", "shop"}, {"labels", {{"kubernetes.io/service-name", "db"}}}}},
      {"addressType", "IPv4"},
      {"endpoints",
       Json::array({PodEndpoint("db-0", "10.244.0.3", "uid-0"), PodEndpoint("db-1", "10.244.0.4", "uid-1"), manual})},
      {"ports", Json::array()}})));
  return names;
}

std::vector<std::string> Hostnames(const Result<Names>& names) {
  std::vector<std::string> out;
  if (!names.ok()) return {names.error().message};
  for (const api::EndpointSlice& slice : names->slices) {
    for (const api::Endpoint& endpoint : slice.endpoints) out.push_back(endpoint.hostname);
  }
  return out;
}

using List = std::vector<std::string>;

TEST(KeptNames, AreThereAgainWhileTheirSandboxesRun) {
  const std::string text = KeepText(Shop(), {{"uid-0", "sandbox-a"}, {"uid-1", "sandbox-b"}}, kKeptZone);
  const auto kept = ReadKept(text, {"sandbox-a", "sandbox-b"}, kKeptZone);
  EXPECT_EQ(Hostnames(kept), (List{"db-0", "db-1", "outside"}));
  EXPECT_EQ(kept->namespaces, List{"shop"});
  EXPECT_TRUE(kept->services.at(0)->headless());
  EXPECT_EQ(kept->slices.at(0)->service, "db");
  EXPECT_EQ(text.find("annotations"), std::string::npos) << "only what is named is kept";
}

TEST(KeptNames, AnAddressWhoseSandboxEndedIsNotOneAnyMore) {
  const std::string text = KeepText(Shop(), {{"uid-0", "sandbox-a"}, {"uid-1", "sandbox-b"}}, kKeptZone);
  EXPECT_EQ(Hostnames(ReadKept(text, {"sandbox-b", "another"}, kKeptZone)), (List{"db-1", "outside"}));
  EXPECT_EQ(Hostnames(ReadKept(text, {}, kKeptZone)), List{"outside"});
}

TEST(KeptNames, AnAddressThatNoSandboxHadIsNotKept) {
  const std::string text = KeepText(Shop(), {{"uid-1", "sandbox-b"}}, kKeptZone);
  EXPECT_EQ(Hostnames(ReadKept(text, {"sandbox-a", "sandbox-b", ""}, kKeptZone)), (List{"db-1", "outside"}));
}

TEST(KeptNames, OfAnotherZoneOrGarbledAreNone) {
  const std::string text = KeepText(Shop(), {}, kKeptZone);
  EXPECT_FALSE(ReadKept(text, {}, "other.zone").ok());
  EXPECT_FALSE(ReadKept(text.substr(0, text.size() / 2), {}, kKeptZone).ok());
  for (const char* garbled : {"", "7", "[]", "{}", R"({"version": 2, "zone": "cluster.local"})"}) {
    EXPECT_FALSE(ReadKept(garbled, {}, kKeptZone).ok()) << garbled;
  }
  EXPECT_TRUE(
      ReadKept(R"({"version": 1, "zone": "cluster.local", "services": [7], "slices": [{"endpoints": [7, {}]}]})", {},
               kKeptZone)
          .ok());
}

}  // namespace
}  // namespace ordinal::names

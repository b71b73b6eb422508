#include "agent/controllers/endpoints/subsets.h"

#include <gtest/gtest.h>

#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::endpoints {
namespace {

Observed RecordedState(const std::string& state) {
  Observed seen;
  seen.service = api::Service::From(RecordedOne(state, "services", "kubia"));
  for (const Object& pod : Recorded(state, "pods")) seen.pods.push_back(api::Pod::From(pod));
  seen.now = *ParseTime("2026-01-01T00:00:00Z");
  return seen;
}

TEST(EndpointsObject, IsTheRecordedOne) {
  for (const std::string& state : kRecordedStates) {
    SCOPED_TRACE(state);
    const Object recorded = RecordedOne(state, "endpoints", "kubia");
    const Observed seen = RecordedState(state);
    EXPECT_FALSE(EndpointsObject(seen, &recorded)) << "nothing is left to write";
    const auto made = EndpointsObject(seen, nullptr);
    ASSERT_TRUE(made);
    EXPECT_EQ((*made)["subsets"], recorded.body()["subsets"]);
    EXPECT_EQ((*made)["metadata"]["labels"], recorded.body()["metadata"]["labels"]);
    EXPECT_EQ((*made)["metadata"]["annotations"][kTriggerTimeAnnotation], "2026-01-01T00:00:00Z");
  }
}

Object WebService(Json spec) {
  Json body =
      Json::parse(R"({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default"},
    "spec": {"type": "ClusterIP", "selector": {"app": "web"},
             "ports": [{"name": "http", "protocol": "TCP", "port": 80, "targetPort": "web"}]}})");
  body["spec"].merge_patch(spec);
  return Object(std::move(body));
}

api::Pod WebPod(const std::string& name, const std::string& ip, const Json& change = Json::object()) {
  Json body = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default"},
    "spec": {"nodeName": "n", "containers": [{"name": "c", "image": "i:1",
             "ports": [{"name": "web", "containerPort": 8080, "protocol": "TCP"}]}]},
    "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}})");
  body["metadata"]["name"] = name;
  body["metadata"]["uid"] = name + "-uid";
  body["status"]["podIP"] = ip;
  body["status"]["podIPs"] = Json::array({Json{{"ip", ip}}});
  body.merge_patch(change);
  return api::Pod::From(Object(std::move(body)));
}

/// "ports: addresses / not ready addresses" of each subset.
std::vector<std::string> Summary(const Json& subsets) {
  std::vector<std::string> out;
  for (const Json& subset : subsets) {
    std::string line;
    for (const Json& port : api::Member(subset, "ports")) line += port["port"].dump() + " ";
    line += ":";
    for (const Json& address : api::Member(subset, "addresses")) line += " " + address["ip"].get<std::string>();
    line += " /";
    for (const Json& address : api::Member(subset, "notReadyAddresses")) line += " " + address["ip"].get<std::string>();
    out.push_back(line);
  }
  return out;
}

const Json kNotReady = Json::parse(R"({"status": {"conditions": [{"type": "Ready", "status": "False"}]}})");
const Json kLeaving = Json::parse(R"({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}})");
const Json kOtherPort = Json::parse(
    R"({"spec": {"containers": [{"name": "c", "image": "i", "ports": [{"name": "web", "containerPort": 9090, "protocol": "TCP"}]}]}})");

TEST(EndpointsObject, SubsetsByPortsAndReadiness) {
  struct Case {
    const char* name;
    Json spec;
    api::Refs<api::Pod> pods;
    std::vector<std::string> subsets;
  };
  const std::vector<Case> cases{
      {"ready and not ready apart, by address",
       Json::object(),
       {WebPod("b", "10.0.0.2"), WebPod("a", "10.0.0.1"), WebPod("c", "10.0.0.3", kNotReady)},
       {"8080 : 10.0.0.1 10.0.0.2 / 10.0.0.3"}},
      {"one subset for each set of ports",
       Json::object(),
       {WebPod("a", "10.0.0.1"), WebPod("b", "10.0.0.2", kOtherPort)},
       {"8080 : 10.0.0.1 /", "9090 : 10.0.0.2 /"}},
      {"a pod on its way out is no address", Json::object(), {WebPod("a", "10.0.0.1", kLeaving)}, {}},
      {"unless not-ready addresses are published",
       Json{{"publishNotReadyAddresses", true}},
       {WebPod("a", "10.0.0.1", kLeaving), WebPod("b", "10.0.0.2", kNotReady)},
       {"8080 : 10.0.0.1 10.0.0.2 /"}},
      {"a pod that has ended is no address",
       Json::object(),
       {WebPod("a", "10.0.0.1", Json{{"status", Json{{"phase", "Succeeded"}}}})},
       {}},
      {"without the named port there is nothing to connect to",
       Json{{"ports", Json::array({Json{{"name", "x"}, {"protocol", "TCP"}, {"port", 1}, {"targetPort", "none"}}})}},
       {WebPod("a", "10.0.0.1")},
       {}},
      {"a headless service without ports gives addresses",
       Json{{"ports", nullptr}, {"clusterIP", "None"}, {"clusterIPs", Json::array({"None"})}},
       {WebPod("a", "10.0.0.1")},
       {": 10.0.0.1 /"}},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    EXPECT_EQ(Summary(SubsetsOf(api::Service::From(WebService(test.spec)), test.pods)), test.subsets);
  }
}

TEST(EndpointsObject, HoldsAThousandAddressesAndSaysThatItIsCut) {
  Observed seen;
  seen.service = api::Service::From(WebService(Json::object()));
  for (int i = 0; i < 1003; ++i) {
    const std::string ip = "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
    seen.pods.push_back(WebPod("p" + std::to_string(i), ip, i < 5 ? kNotReady : Json::object()));
  }
  const auto made = EndpointsObject(seen, nullptr);
  ASSERT_TRUE(made);
  EXPECT_EQ((*made)["metadata"]["annotations"][kOverCapacityAnnotation], "truncated");
  EXPECT_EQ((*made)["subsets"][0]["addresses"].size(), 998u) << "ready ones are the last to go";
  EXPECT_EQ((*made)["subsets"][0]["notReadyAddresses"].size(), 2u);
}

}  // namespace
}  // namespace ordinal::controllers::endpoints

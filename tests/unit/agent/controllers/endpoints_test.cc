#include "agent/controllers/endpoints/plan.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "agent/controllers/endpoints/endpoint.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::endpoints {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Json ServiceJson(Json spec = Json::object()) {
  Json body = Json::parse(R"({
    "apiVersion": "v1", "kind": "Service",
    "metadata": {"name": "kubia", "namespace": "default", "uid": "svc-uid", "labels": {"team": "a"}},
    "spec": {"type": "ClusterIP", "clusterIP": "None", "clusterIPs": ["None"], "ipFamilies": ["IPv4"],
             "selector": {"app": "kubia"}, "ports": [{"name": "http", "protocol": "TCP", "port": 80, "targetPort": 8080}]}})");
  body["spec"].merge_patch(spec);
  return body;
}

Json PodJson(const std::string& name, const std::string& ip, Json change = Json::object()) {
  Json body = Json::parse(R"({
    "apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default", "labels": {"app": "kubia"}},
    "spec": {"nodeName": "node-a", "subdomain": "kubia", "containers": [{"name": "c", "image": "i:1",
             "ports": [{"name": "web", "containerPort": 8081, "protocol": "TCP"}]}]},
    "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}})");
  body["metadata"]["name"] = name;
  body["metadata"]["uid"] = name + "-uid";
  body["spec"]["hostname"] = name;
  body["status"]["podIP"] = ip;
  body["status"]["podIPs"] = Json::array({Json{{"ip", ip}}});
  body.merge_patch(change);
  return body;
}

Observed See(const Json& service, const std::vector<Json>& pods, const std::vector<Json>& slices = {}) {
  Observed seen;
  seen.service = api::Service::From(Object(service));
  for (const Json& pod : pods) seen.pods.push_back(api::Pod::From(Object(pod)));
  for (const Json& slice : slices) seen.slices.push_back(api::EndpointSlice::From(Object(slice)));
  seen.now = *ParseTime("2026-01-01T00:00:00Z");
  return seen;
}

/// A created document as the store would return it.
Json Stored(Json slice, const std::string& name) {
  slice["metadata"]["name"] = name;
  slice["metadata"]["uid"] = name + "-uid";
  return slice;
}

TEST(EndpointsPlan, TheRecordedSlicesNeedNothing) {
  for (const std::string& state : kRecordedStates) {
    SCOPED_TRACE(state);
    Observed seen;
    seen.service = api::Service::From(RecordedOne(state, "services", "kubia"));
    for (const Object& pod : Recorded(state, "pods")) seen.pods.push_back(api::Pod::From(pod));
    for (const Object& slice : Recorded(state, "endpointslices")) {
      seen.slices.push_back(api::EndpointSlice::From(slice));
    }
    const Plan plan = MakePlan(seen);
    EXPECT_THAT(plan.update, IsEmpty());
    EXPECT_THAT(plan.create, IsEmpty());
    EXPECT_THAT(plan.remove, IsEmpty());
  }
}

TEST(EndpointsPlan, TheRecordedSliceIsMadeFromNothing) {
  for (const std::string& state : kRecordedStates) {
    SCOPED_TRACE(state);
    Observed seen;
    seen.service = api::Service::From(RecordedOne(state, "services", "kubia"));
    seen.now = *ParseTime("2026-01-01T00:00:00Z");
    for (const Object& pod : Recorded(state, "pods")) seen.pods.push_back(api::Pod::From(pod));
    const Plan plan = MakePlan(seen);
    ASSERT_EQ(plan.create.size(), 1u);
    const Json& made = plan.create[0];
    const Json recorded = Recorded(state, "endpointslices").at(0).body();
    for (const char* member : {"generateName", "namespace", "labels", "ownerReferences"}) {
      EXPECT_EQ(made["metadata"][member], recorded["metadata"][member]) << member;
    }
    EXPECT_TRUE(made["metadata"]["annotations"].contains(kTriggerTimeAnnotation));
    EXPECT_EQ(made["addressType"], recorded["addressType"]);
    EXPECT_EQ(made["ports"], recorded["ports"]);
    const auto sorted = [](const Json& endpoints) {
      std::vector<Json> list(endpoints.begin(), endpoints.end());
      std::sort(list.begin(), list.end());
      return list;
    };
    EXPECT_EQ(sorted(made["endpoints"]), sorted(recorded["endpoints"]));
  }
}

struct EndpointCase {
  std::string name;
  Json service, pod;
  std::string expected;  // "ready serving terminating hostname", or "none"
};

TEST(EndpointsPlan, ConditionsAndHostnames) {
  const Json leaving{{"metadata", Json{{"deletionTimestamp", "2026-01-01T00:00:00Z"}}}};
  const Json unready{{"status", Json{{"conditions", Json::array({Json{{"type", "Ready"}, {"status", "False"}}})}}}};
  const Json publish{{"publishNotReadyAddresses", true}};
  const auto phase = [](const char* name) { return Json{{"status", Json{{"phase", name}}}}; };
  const std::vector<EndpointCase> cases{
      {"ready", {}, {}, "true true false a"},
      {"not ready", {}, unready, "false false false a"},
      {"leaving is not ready at once, though it serves", {}, leaving, "false true true a"},
      {"published though not ready", publish, unready, "true false false a"},
      {"published though leaving", publish, leaving, "true true true a"},
      {"ended", {}, phase("Succeeded"), "none"},
      {"failed", publish, phase("Failed"), "none"},
      {"without address", {}, Json{{"status", Json{{"podIP", nullptr}, {"podIPs", nullptr}}}}, "none"},
      {"another subdomain", {}, Json{{"spec", Json{{"subdomain", "other"}}}}, "true true false -"},
      {"no hostname", {}, Json{{"spec", Json{{"hostname", nullptr}}}}, "true true false -"},
      {"no address of the service's family", Json{{"ipFamilies", Json::array({"IPv6"})}}, {}, "none"},
  };
  for (const EndpointCase& test : cases) {
    SCOPED_TRACE(test.name);
    const Json service = test.service.is_null() ? ServiceJson() : ServiceJson(test.service);
    const Json pod = test.pod.is_null() ? PodJson("a", "10.244.0.9") : PodJson("a", "10.244.0.9", test.pod);
    const Plan plan = MakePlan(See(service, {pod}));
    ASSERT_EQ(plan.create.size(), 1u);
    const Json& endpoints = plan.create[0]["endpoints"];
    std::string got = "none";
    if (!endpoints.empty()) {
      const Json& conditions = endpoints[0]["conditions"];
      got = fmt::format("{} {} {} {}", conditions["ready"].get<bool>(), conditions["serving"].get<bool>(),
                        conditions["terminating"].get<bool>(), endpoints[0].value("hostname", "-"));
    }
    EXPECT_EQ(got, test.expected);
  }
}

TEST(EndpointsPlan, NamedTargetPortsAreLookedUpInThePod) {
  const Json named{
      {"ports", Json::array({Json{{"name", "http"}, {"protocol", "TCP"}, {"port", 80}, {"targetPort", "web"}}})}};
  Json other = PodJson("b", "10.244.0.8");
  other["spec"]["containers"][0]["ports"][0]["containerPort"] = 9090;
  Json without = PodJson("c", "10.244.0.7");
  without["spec"]["containers"][0].erase("ports");
  const Plan plan = MakePlan(See(ServiceJson(named), {PodJson("a", "10.244.0.9"), other, without}));
  // Three sets of ports are three slices.
  std::map<std::string, int> ports;
  for (const Json& slice : plan.create) {
    const int port = slice["ports"].empty() ? 0 : slice["ports"][0]["port"].get<int>();
    ports[slice["endpoints"][0]["targetRef"]["name"].get<std::string>()] = port;
  }
  EXPECT_THAT(ports, ElementsAre(std::pair("a", 8081), std::pair("b", 9090), std::pair("c", 0)));
}

TEST(EndpointsPlan, AServiceWithoutPodsKeepsOneEmptySlice) {
  const Plan first = MakePlan(See(ServiceJson(), {}));
  ASSERT_EQ(first.create.size(), 1u);
  EXPECT_THAT(first.create[0]["endpoints"], IsEmpty());
  const Json slice = Stored(first.create[0], "kubia-abcde");
  // It stays as it is, and takes the first pod
  const Plan second = MakePlan(See(ServiceJson(), {}, {slice}));
  EXPECT_TRUE(second.create.empty() && second.update.empty() && second.remove.empty());
  const Plan third = MakePlan(See(ServiceJson(), {PodJson("a", "10.244.0.9")}, {slice}));
  EXPECT_THAT(third.create, IsEmpty());
  ASSERT_EQ(third.update.size(), 1u);
  EXPECT_EQ(third.update[0]["metadata"]["name"], "kubia-abcde");
  EXPECT_EQ(third.update[0]["ports"][0]["port"], 8080);
}

TEST(EndpointsPlan, OneChangeWritesOneOfManySlices) {
  // Given 250 pods in three slices
  std::vector<Json> pods;
  for (int i = 0; i < 250; ++i)
    pods.push_back(PodJson(fmt::format("p{:03}", i), fmt::format("10.244.{}.{}", i / 200, i % 200 + 1)));
  const Plan first = MakePlan(See(ServiceJson(), pods));
  ASSERT_EQ(first.create.size(), 3u);
  std::vector<Json> slices;
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(first.create[i]["endpoints"].size(), i < 2 ? 100u : 50u);
    slices.push_back(Stored(first.create[i], fmt::format("kubia-{}", i)));
  }
  // When one pod leaves and another comes, then one slice is written for the two
  pods[3] = PodJson("p900", "10.244.9.9");
  const Plan second = MakePlan(See(ServiceJson(), pods, slices));
  EXPECT_THAT(second.create, IsEmpty());
  EXPECT_THAT(second.remove, IsEmpty());
  ASSERT_EQ(second.update.size(), 1u);
  EXPECT_EQ(second.update[0]["metadata"]["name"], "kubia-0");
  EXPECT_EQ(second.update[0]["endpoints"].size(), 100u);
  // When all leave, then one empty slice is left
  const Plan last = MakePlan(See(ServiceJson(), {}, slices));
  EXPECT_EQ(last.update.size(), 1u);
  EXPECT_EQ(last.remove.size(), 2u);
}

TEST(EndpointsPlan, DualStackServicesHaveASliceForEachFamily) {
  Json pod = PodJson("a", "10.244.0.9");
  pod["status"]["podIPs"].push_back(Json{{"ip", "fd00::9"}});
  const Plan plan = MakePlan(See(ServiceJson(Json{{"ipFamilies", Json::array({"IPv4", "IPv6"})}}), {pod}));
  ASSERT_EQ(plan.create.size(), 2u);
  EXPECT_EQ(plan.create[0]["endpoints"][0]["addresses"][0], "10.244.0.9");
  EXPECT_EQ(plan.create[1]["endpoints"][0]["addresses"][0], "fd00::9");
}

TEST(EndpointsPlan, LabelsFollowTheService) {
  const Plan first = MakePlan(See(ServiceJson(), {PodJson("a", "10.244.0.9")}));
  const Json slice = Stored(first.create.at(0), "kubia-abcde");
  EXPECT_EQ(slice["metadata"]["labels"]["team"], "a");
  const Json renamed = With(ServiceJson(), "/metadata/labels/team", "b");
  const Plan plan = MakePlan(See(renamed, {PodJson("a", "10.244.0.9")}, {slice}));
  ASSERT_EQ(plan.update.size(), 1u);
  EXPECT_EQ(plan.update[0]["metadata"]["labels"]["team"], "b");
}

}  // namespace
}  // namespace ordinal::controllers::endpoints

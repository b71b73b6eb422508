// Defaults and rules of LimitRange and ResourceQuota: one line a rule.
#include <gmock/gmock.h>

#include "agent/api/kinds/resource_quota/scopes.h"
#include "agent/api/kinds/resource_quota/usage.h"
#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::Contains;

Json RangeOf(const char* limits) {
  Json body{{"apiVersion", "v1"}, {"kind", "LimitRange"}, {"metadata", {{"name", "x"}}}};
  body["spec"]["limits"] = Json::parse(limits);
  return body;
}

Json QuotaOf(const char* spec) {
  return {{"apiVersion", "v1"}, {"kind", "ResourceQuota"}, {"metadata", {{"name", "x"}}}, {"spec", Json::parse(spec)}};
}

TEST(LimitRanges, FillInLimitsFromMaximaAndRequestsFromLimitsAndMinima) {
  const Json item = MustDecode(RangeOf(R"([{"type": "Container", "max": {"cpu": "2", "memory": "1Gi"},
    "default": {"cpu": "1"}, "min": {"ephemeral-storage": "1Mi"}}])"))
                        .body["spec"]["limits"][0];
  EXPECT_EQ(item["default"], Json::parse(R"({"cpu": "1", "memory": "1Gi"})"));
  EXPECT_EQ(item["defaultRequest"], Json::parse(R"({"cpu": "1", "memory": "1Gi", "ephemeral-storage": "1Mi"})"));
  EXPECT_FALSE(
      MustDecode(RangeOf(R"([{"type": "Pod", "max": {"cpu": "2"}}])")).body["spec"]["limits"][0].contains("default"));
}

struct PolicyFault {
  const char *document, *fault;
};

TEST(LimitRanges, AreChecked) {
  const PolicyFault cases[] = {
      {R"([{"type": "Node"}])", "spec.limits[0].type FieldValueInvalid"},
      {R"([{"type": "Pod"}, {"type": "Pod"}])", "spec.limits[1].type FieldValueDuplicate"},
      {R"([{"type": "Pod", "default": {"cpu": "1"}}])", "spec.limits[0].default FieldValueForbidden"},
      {R"([{"type": "Pod", "max": {"storage": "1"}}])", "spec.limits[0].max[storage] FieldValueInvalid"},
      {R"([{"type": "PersistentVolumeClaim"}])", "spec.limits[0].limits FieldValueRequired"},
      {R"([{"type": "Pod", "min": {"cpu": "2"}, "max": {"cpu": "1"}}])", "spec.limits[0].min[cpu] FieldValueInvalid"},
      {R"([{"type": "Container", "min": {"cpu": "2"}, "defaultRequest": {"cpu": "1"}}])",
       "spec.limits[0].defaultRequest[cpu] FieldValueInvalid"},
      {R"([{"type": "Container", "default": {"cpu": "2"}, "max": {"cpu": "1"}}])",
       "spec.limits[0].default[cpu] FieldValueInvalid"},
      {R"([{"type": "Pod", "maxLimitRequestRatio": {"cpu": "0.5"}}])",
       "spec.limits[0].maxLimitRequestRatio[cpu] FieldValueInvalid"},
      {R"([{"type": "Pod", "min": {"cpu": "1"}, "max": {"cpu": "2"}, "maxLimitRequestRatio": {"cpu": "3"}}])",
       "spec.limits[0].maxLimitRequestRatio[cpu] FieldValueInvalid"},
  };
  for (const PolicyFault& one : cases) {
    EXPECT_THAT(Causes(MustFail(RangeOf(one.document)).errors), Contains(std::string(one.fault))) << one.document;
  }
}

TEST(ResourceQuotas, AreChecked) {
  const PolicyFault cases[] = {
      {R"({"hard": {"bananas": "1"}})", "spec.hard[bananas] FieldValueInvalid"},
      {R"({"hard": {"pods": "-1"}})", "spec.hard[pods] FieldValueInvalid"},
      {R"({"hard": {"pods": "1500m"}})", "spec.hard[pods] FieldValueInvalid"},
      {R"({"hard": {"pods": "1"}, "scopes": ["Bad"]})", "spec.scopes FieldValueInvalid"},
      {R"({"hard": {"requests.cpu": "1"}, "scopes": ["BestEffort"]})", "spec.scopes FieldValueInvalid"},
      {R"({"hard": {"pods": "1"}, "scopes": ["BestEffort", "NotBestEffort"]})", "spec.scopes FieldValueInvalid"},
      {R"({"hard": {"pods": "1"}, "scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass",
           "operator": "In"}]}})",
       "spec.scopeSelector.matchExpressions[0].values FieldValueRequired"},
      {R"({"hard": {"pods": "1"}, "scopeSelector": {"matchExpressions": [{"scopeName": "Terminating",
           "operator": "DoesNotExist"}]}})",
       "spec.scopeSelector.matchExpressions[0].operator FieldValueInvalid"},
  };
  for (const PolicyFault& one : cases) {
    EXPECT_THAT(Causes(MustFail(QuotaOf(one.document)).errors), Contains(std::string(one.fault))) << one.document;
  }
}

TEST(ResourceQuotas, KeepTheirScopes) {
  const Json before = MustDecode(QuotaOf(R"({"hard": {"pods": "1"}, "scopes": ["BestEffort"]})")).body;
  Json after = before;
  after["spec"]["hard"]["pods"] = "2";
  EXPECT_TRUE(ValidateUpdate(*FindKind("ResourceQuota"), after, before).empty());
  after["spec"]["scopes"] = Json::array({"Terminating"});
  EXPECT_THAT(Causes(ValidateUpdate(*FindKind("ResourceQuota"), after, before)),
              Contains(std::string("spec.scopes FieldValueInvalid")));
}

TEST(ResourceQuotas, CountPortsOfServices) {
  const Amounts wanted = {
      {"count/services", {}}, {"services", {}}, {"services.loadbalancers", {}}, {"services.nodeports", {}}};
  const auto taken = [&wanted](const char* spec) {
    return TextOf(ObjectCounter(*FindKind("Service"), wanted).Of(Json{{"spec", Json::parse(spec)}}, WallTime()));
  };
  EXPECT_EQ(taken(R"({"type": "NodePort", "ports": [{"port": 1}, {"port": 2}]})"),
            "count/services=1,services=1,services.loadbalancers=0,services.nodeports=2");
  EXPECT_EQ(taken(R"({"type": "LoadBalancer", "allocateLoadBalancerNodePorts": false, "ports": [{"port": 1}]})"),
            "count/services=1,services=1,services.loadbalancers=1,services.nodeports=0");
}

TEST(ResourceQuotas, ReadOfObjectsOnlyWhatTheyHaveTo) {
  struct Case {
    const char* kind;
    Amounts wanted;
    bool alike;
    const char* taken;
  };
  const Case cases[] = {
      {"ConfigMap", {{"configmaps", {}}, {"count/configmaps", {}}}, true, "configmaps=1,count/configmaps=1"},
      {"ConfigMap", {{"secrets", {}}, {"pods", {}}}, true, ""},
      {"Deployment", {{"count/deployments.apps", {}}}, true, "count/deployments.apps=1"},
      {"Pod", {{"count/pods", {}}}, true, "count/pods=1"},
      {"Pod", {{"count/pods", {}}, {"pods", {}}}, false, "count/pods=1,pods=1"},
      {"Pod", {{"pods", {}}, {"requests.cpu", {}}}, false, "pods=1,requests.cpu=500m"},
      {"Pod", {{"requests.cpu", {}}}, false, "requests.cpu=500m"},
      {"Event", {{"count/events", {}}}, true, ""},
  };
  const Json body = Json::parse(
      R"({"spec": {"containers": [{"name": "a", "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}}}]}})");
  for (const Case& one : cases) {
    const ObjectCounter counter(*FindKind(one.kind), one.wanted);
    EXPECT_EQ(counter.all_alike(), one.alike) << one.kind << one.taken;
    EXPECT_EQ(TextOf(counter.Of(body, WallTime())), one.taken);
    if (one.alike) {
      EXPECT_EQ(TextOf(counter.OfAlike(1)), one.taken);
    }
  }
}

TEST(ResourceQuotas, CountOfPodsTheLargerOfInitContainersAndOthers) {
  const Amounts wanted = {{"requests.cpu", {}},
                          {"requests.ephemeral-storage", {}},
                          {"limits.ephemeral-storage", {}},
                          {"requests.example.com/gpu", {}}};
  const auto taken = [&wanted](const char* spec) {
    return TextOf(ObjectCounter(*FindKind("Pod"), wanted).Of(Json{{"spec", Json::parse(spec)}}, WallTime()));
  };
  EXPECT_EQ(taken(R"({"containers": [{"resources": {"requests": {"cpu": "1", "example.com/gpu": "2",
    "ephemeral-storage": "1Gi"}, "limits": {"ephemeral-storage": "2Gi", "example.com/gpu": "2"}}},
    {"resources": {"requests": {"cpu": "1"}}}]})"),
            "limits.ephemeral-storage=2Gi,requests.cpu=2,requests.ephemeral-storage=1Gi,requests.example.com/gpu=2");
  EXPECT_EQ(taken(R"({"containers": [{"resources": {"requests": {"cpu": "1"}}}],
    "initContainers": [{"resources": {"requests": {"cpu": "3"}}}]})"),
            "requests.cpu=3");
  EXPECT_EQ(taken(R"({"containers": [{"resources": {"requests": {"cpu": "1"}}}],
    "initContainers": [{"restartPolicy": "Always", "resources": {"requests": {"cpu": "3"}}}]})"),
            "requests.cpu=4")
      << "a sidecar runs beside them";
}

TEST(ResourceQuotas, APodThatShouldHaveEndedLongAgoIsOnlyAnObject) {
  const ObjectCounter counter(*FindKind("Pod"), {{"pods", {}}, {"count/pods", {}}});
  const WallTime end = *ParseTime("2026-01-01T00:00:00Z");
  Json body = Json::parse(R"({"metadata": {"deletionGracePeriodSeconds": 30}, "spec": {"containers": [{}]}})");
  body["metadata"]["deletionTimestamp"] = FormatTime(end);
  EXPECT_EQ(TextOf(counter.Of(body, end + std::chrono::seconds(30))), "count/pods=1,pods=1");
  EXPECT_EQ(TextOf(counter.Of(body, end + std::chrono::seconds(31))), "count/pods=1");
}

TEST(ResourceQuotas, ScopesOfClaimsAreTheirAttributesClasses) {
  struct Case {
    const char *op, *claim;
    bool counted;
  };
  const char* none = R"({"spec": {}})";
  const char* wants = R"({"spec": {"volumeAttributesClassName": "gold"}})";
  const char* has = R"({"spec": {"volumeAttributesClassName": "tin"},
    "status": {"currentVolumeAttributesClassName": "gold"}})";
  const char* becomes = R"({"status": {"modifyVolumeStatus": {"targetVolumeAttributesClassName": "gold"}}})";
  const Case cases[] = {{"In", none, false},          {"In", wants, true},     {"In", has, true},
                        {"In", becomes, true},        {"NotIn", none, true},   {"NotIn", wants, false},
                        {"Exists", none, false},      {"Exists", wants, true}, {"DoesNotExist", none, true},
                        {"DoesNotExist", has, false}, {"NotIn", has, true}};
  for (const Case& one : cases) {
    const ResourceQuota::Scope scope{"VolumeAttributesClass", one.op, {"gold"}};
    const Json claim = Json::parse(one.claim);
    EXPECT_EQ(InScope(scope, *FindKind("PersistentVolumeClaim"), claim), one.counted) << one.op << one.claim;
    EXPECT_FALSE(InScope(scope, *FindKind("Pod"), claim));
  }
}

TEST(ResourceQuotas, AreShownAsTheReferenceShowsThem) {
  const Json quota = Json::parse(R"({"metadata": {"name": "q"}, "status": {
    "hard": {"limits.cpu": "2", "pods": "3", "requests.cpu": "1"}, "used": {"limits.cpu": "1", "pods": "1"}}})");
  EXPECT_EQ(FindKind("ResourceQuota")->cells(quota, WallTime()),
            Json({"q", "pods: 1/3, requests.cpu: 0/1", "limits.cpu: 1/2", "<unknown>"}));
}

}  // namespace
}  // namespace ordinal::api

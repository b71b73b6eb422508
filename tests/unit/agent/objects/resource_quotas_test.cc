// No namespace gets more than its quotas allow, whatever comes at once; the words are the reference's.
#include <gmock/gmock.h>

#include "agent/api/custom/publish.h"
#include "tests/unit/agent/objects/policy_case.h"

namespace ordinal::objects {
namespace {

class QuotaCase : public PolicyCase {
 protected:
  void MakeQuota(const char* spec, const char* name = "q") {
    Make({{"apiVersion", "v1"},
          {"kind", "ResourceQuota"},
          {"metadata", {{"name", name}, {"namespace", "default"}}},
          {"spec", Json::parse(spec)}});
  }
  static Json ConfigMap(const std::string& name) {
    return {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", name}, {"namespace", "default"}}}};
  }
  static Json Cpu(const std::string& name, const char* cpu) {
    Json pod = Pod(name);
    pod["spec"]["containers"][0]["resources"] = {{"requests", {{"cpu", cpu}}}};
    return pod;
  }
};

TEST_F(QuotaCase, SaysWhatIsAskedUsedAndAllowed) {
  MakeQuota(R"({"hard": {"requests.cpu": "1", "pods": "5"}})");
  EXPECT_EQ(RefusalOf(Cpu("a", "600m")), "");
  EXPECT_EQ(
      RefusalOf(Cpu("b", "600m")),
      "pods \"b\" is forbidden: exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=600m, limited: "
      "requests.cpu=1");
  EXPECT_EQ(RefusalOf(Cpu("c", "400m")), "");
  Drop("Pod", "a");
  EXPECT_EQ(RefusalOf(Cpu("d", "600m")), "");
}

TEST_F(QuotaCase, WhatIsCountedHasToBeSaid) {
  MakeQuota(R"({"hard": {"requests.cpu": "1", "limits.memory": "1Gi"}})");
  EXPECT_EQ(RefusalOf(Pod("p", R"([{"name": "b", "resources": {"limits": {"cpu": "1m"}}}, {"name": "a"}])")),
            "pods \"p\" is forbidden: failed quota: q: must specify limits.memory for: a,b; requests.cpu for: a");
}

TEST_F(QuotaCase, ObjectsOfAnyKindAreCounted) {
  MakeQuota(R"({"hard": {"configmaps": "1"}})");
  EXPECT_EQ(RefusalOf(ConfigMap("a")), "");
  EXPECT_EQ(RefusalOf(ConfigMap("b")),
            "configmaps \"b\" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=1, limited: "
            "configmaps=1");
  MakeQuota(R"({"hard": {"replicationcontrollers": "0"}})", "older");
  const Json older = Json::parse(R"({"apiVersion": "v1", "kind": "ReplicationController",
    "metadata": {"name": "r", "namespace": "default"}, "spec": {"selector": {"a": "b"},
    "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}})");
  EXPECT_EQ(RefusalOf(older),
            "replicationcontrollers \"r\" is forbidden: exceeded quota: older, requested: replicationcontrollers=1, "
            "used: replicationcontrollers=0, limited: replicationcontrollers=0");
  MakeQuota(R"({"hard": {"count/replicasets.apps": "0"}})", "sets");
  const Json set = Json::parse(R"({"apiVersion": "apps/v1", "kind": "ReplicaSet",
    "metadata": {"name": "r", "namespace": "default"}, "spec": {"selector": {"matchLabels": {"a": "b"}},
    "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}})");
  EXPECT_EQ(RefusalOf(set),
            "replicasets.apps \"r\" is forbidden: exceeded quota: sets, requested: count/replicasets.apps=1, used: "
            "count/replicasets.apps=0, limited: count/replicasets.apps=0");
}

Json DefinitionFor(const char* kind, const char* plural) {
  Json body = Json::parse(R"({"spec": {"group": "example.com", "scope": "Namespaced", "versions": [{"name": "v1",
    "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object",
    "x-kubernetes-preserve-unknown-fields": true}}}]}})");
  body["metadata"]["name"] = std::string(plural) + ".example.com";
  body["spec"]["names"] = {{"kind", kind}, {"plural", plural}, {"singular", plural}};
  return body;
}

TEST_F(QuotaCase, CustomKindsAreCountedAsTheirOwn) {
  std::vector<std::shared_ptr<const api::custom::CustomKind>> kinds;
  for (const auto& [kind, plural] : {std::pair("Widget", "widgets"), std::pair("Service", "services")}) {
    const Json definition = DefinitionFor(kind, plural);
    kinds.push_back(api::custom::CustomKind::Make(definition, definition["spec"]["names"]));
  }
  api::PublishKinds(kinds, clock_.Steady());
  const auto custom = [](const char* kind, const char* name) {
    return Json{{"apiVersion", "example.com/v1"},
                {"kind", kind},
                {"metadata", {{"name", name}, {"namespace", "default"}}},
                {"spec", {{"type", "LoadBalancer"}}}};
  };
  MakeQuota(R"({"hard": {"count/widgets.example.com": "1", "services": "0", "services.loadbalancers": "0"}})");
  EXPECT_EQ(RefusalOf(custom("Widget", "a")), "");
  EXPECT_EQ(RefusalOf(custom("Widget", "b")),
            "widgets.example.com \"b\" is forbidden: exceeded quota: q, requested: count/widgets.example.com=1, used: "
            "count/widgets.example.com=1, limited: count/widgets.example.com=1");
  EXPECT_EQ(RefusalOf(custom("Service", "c")), "");
  api::PublishKinds({}, clock_.Steady());
}

TEST_F(QuotaCase, OfManyThatComeAtOnceOnlyAsManyAsFit) {
  MakeQuota(R"({"hard": {"pods": "3", "count/configmaps": "3"}})");
  for (const bool pods : {true, false}) {
    int made = 0, refused = 0;
    for (int i = 0; i < 10; ++i) {
      const std::string name = "p" + std::to_string(i);
      Spawn(io_.get_executor(), "writer", [](QuotaCase& self, Json body, int& yes, int& no) -> Task<void> {
        const auto written = co_await self.client_.Create(std::move(body));
        ++(written.ok() ? yes : no);
      }(*this, pods ? Pod(name) : ConfigMap(name), made, refused));
    }
    ASSERT_TRUE(RunUntil(io_, [&] { return made + refused == 10; }));
    EXPECT_EQ(made, 3) << (pods ? "pods" : "objects that are only counted");
  }
}

TEST_F(QuotaCase, AWriteThatFailsOrIsARehearsalTakesNothing) {
  MakeQuota(R"({"hard": {"configmaps": "1"}})");
  WriteOptions rehearsal;
  rehearsal.dry_run = true;
  EXPECT_TRUE(RunTask(io_, client_.Create(ConfigMap("a"), rehearsal)).ok());
  WriteOptions forbidden;
  forbidden.permit = [](const Json&, const Object&) -> Status { return MakeError(ErrorCode::kPermissionDenied, "no"); };
  EXPECT_FALSE(RunTask(io_, client_.Create(ConfigMap("a"), forbidden)).ok());
  EXPECT_EQ(RefusalOf(ConfigMap("b")), "");
}

TEST_F(QuotaCase, ClaimsMayNotGrowBeyondIt) {
  MakeQuota(R"({"hard": {"requests.storage": "3Gi", "gold.storageclass.storage.k8s.io/persistentvolumeclaims": "0"}})");
  Json claim = Json::parse(R"({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
    "metadata": {"name": "data", "namespace": "default"}, "spec": {"accessModes": ["ReadWriteOnce"],
    "resources": {"requests": {"storage": "2Gi"}}}})");
  Make(claim);
  const auto grow = [](const char* to) {
    return [to](Json& body) { body["spec"]["resources"]["requests"]["storage"] = to; };
  };
  EXPECT_EQ(Change("PersistentVolumeClaim", "data", grow("4Gi")),
            "persistentvolumeclaims \"data\" is forbidden: exceeded quota: q, requested: requests.storage=2Gi, used: "
            "requests.storage=2Gi, limited: requests.storage=3Gi");
  EXPECT_EQ(Change("PersistentVolumeClaim", "data", grow("3Gi")), "");
  claim["metadata"]["name"] = "other";
  claim["spec"]["storageClassName"] = "gold";
  claim["spec"]["resources"]["requests"]["storage"] = "0.5";
  EXPECT_THAT(RefusalOf(claim), testing::HasSubstr("gold.storageclass.storage.k8s.io/persistentvolumeclaims=1"));
}

TEST_F(QuotaCase, PodsMayNotBeResizedBeyondIt) {
  MakeQuota(R"({"hard": {"requests.cpu": "1"}})");
  Make(Cpu("a", "600m"));
  const auto resize = [](const char* to) {
    return [to](Json& body) { body["spec"]["containers"][0]["resources"]["requests"]["cpu"] = to; };
  };
  EXPECT_THAT(Change("Pod", "a", resize("1100m"), WriteOptions::Part::kResize),
              testing::HasSubstr("exceeded quota: q, requested: requests.cpu=500m, used: requests.cpu=600m"));
  EXPECT_EQ(Change("Pod", "a", resize("900m"), WriteOptions::Part::kResize), "");
}

struct ScopeCase {
  const char *quota, *pod;  ///< the pod's spec, merged into one that asks for nothing
  bool counted;
};
const ScopeCase kScopeCases[] = {
    {R"({"scopes": ["BestEffort"]})", "{}", true},
    {R"({"scopes": ["NotBestEffort"]})", "{}", false},
    {R"({"scopes": ["Terminating"]})", R"({"activeDeadlineSeconds": 5})", true},
    {R"({"scopes": ["Terminating"]})", "{}", false},
    {R"({"scopes": ["NotTerminating", "BestEffort"]})", "{}", true},
    {R"({"scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "In",
        "values": ["system-node-critical"]}]}})",
     R"({"priorityClassName": "system-node-critical"})", true},
    {R"({"scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "NotIn",
        "values": ["system-node-critical"]}]}})",
     R"({"priorityClassName": "system-node-critical"})", false},
    {R"({"scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "DoesNotExist"}]}})", "{}",
     true},
    {R"({"scopes": ["CrossNamespacePodAffinity"]})",
     R"({"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
         [{"topologyKey": "a", "labelSelector": {}, "namespaces": ["x"]}]}}})",
     true},
    {R"({"scopes": ["CrossNamespacePodAffinity"]})", "{}", false},
};
TEST_F(QuotaCase, ScopesSayWhichPodsAreCounted) {
  Make({{"apiVersion", "scheduling.k8s.io/v1"},
        {"kind", "PriorityClass"},
        {"metadata", {{"name", "system-node-critical"}}},
        {"value", 2000001000}});
  for (const ScopeCase& one : kScopeCases) {
    Json spec = Json::parse(one.quota);
    spec["hard"]["pods"] = "0";
    MakeQuota(spec.dump().c_str());
    Json pod = Pod("p");
    pod["spec"].update(Json::parse(one.pod));
    EXPECT_EQ(!RefusalOf(pod).empty(), one.counted) << one.quota << one.pod;
    Drop("ResourceQuota", "q");
    Drop("Pod", "p");
  }
}

TEST_F(QuotaCase, APodThatIsOverIsOnlyAnObject) {
  MakeQuota(R"({"hard": {"pods": "1", "count/pods": "2"}})");
  Make(Pod("a"));
  std::function<bool(Json&)> end = [](Json& body) {
    body["status"]["phase"] = "Succeeded";
    return true;
  };
  ASSERT_TRUE(RunTask(io_, client_.Modify({"Pod", "default", "a"}, std::move(end))).ok());
  EXPECT_EQ(RefusalOf(Pod("b")), "");
  EXPECT_EQ(RefusalOf(Pod("c")),
            "pods \"c\" is forbidden: exceeded quota: q, requested: count/pods=1,pods=1, used: count/pods=2,pods=1, "
            "limited: count/pods=2,pods=1");
}

}  // namespace
}  // namespace ordinal::objects

// What may be written to the status sub-resource.
#include <gmock/gmock.h>

#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::IsEmpty;

struct StatusRule {
  const char *before, *now, *fault;  ///< statuses; empty: it may be written
};

void Expect(const Json& object, std::span<const StatusRule> rules) {
  const KindInfo& kind = *FindKind(ReadString(object, "kind"));
  for (const StatusRule& rule : rules) {
    Json before = object, now = object;
    before["status"] = Json::parse(rule.before);
    now["status"] = Json::parse(rule.now);
    const auto found = Causes(ValidateStatusUpdate(kind, now, before));
    if (*rule.fault == '\0') {
      EXPECT_THAT(found, IsEmpty()) << rule.now;
    } else {
      ASSERT_FALSE(found.empty()) << rule.before << " " << rule.now;
      EXPECT_EQ(found.front(), rule.fault) << rule.before << " " << rule.now;  // others may follow from it
      EXPECT_THAT(Causes(ValidateUpdate(kind, now, before)), IsEmpty()) << "a write of the spec asks for it";
    }
  }
}

Json JobOf(const char* spec) {
  Json body = Json::parse(R"({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "pi"},
    "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}}})");
  body["spec"].merge_patch(Json::parse(spec));
  return MustDecode(body).body;
}

// Conditions of jobs.
#define TRUE_OF(type) R"({"type": ")" type R"(", "status": "True"})"
#define COMPLETE TRUE_OF("SuccessCriteriaMet") "," TRUE_OF("Complete")
#define FAILED TRUE_OF("FailureTarget") "," TRUE_OF("Failed")
#define AT(minute) "\"2026-11-21T10:" minute ":00Z\""

TEST(StatusRules, OfAJob) {
  const StatusRule rules[] = {
      {"{}", R"({"startTime": )" AT("00") R"(, "active": 1, "ready": 1})", ""},
      {"{}", R"({"active": -1})", "status.active FieldValueInvalid"},
      {"{}", R"({"terminating": -1})", "status.terminating FieldValueInvalid"},
      {"{}", R"({"active": 1, "ready": 2})", "status.ready FieldValueInvalid"},
      {R"({"failed": 2})", R"({"failed": 1})", "status.failed FieldValueInvalid"},
      {R"({"succeeded": 2})", R"({"succeeded": 1})", "status.succeeded FieldValueInvalid"},
      {"{}", R"({"uncountedTerminatedPods": {"succeeded": ["a"], "failed": ["a"]}})",
       "status.uncountedTerminatedPods.failed[0] FieldValueDuplicate"},
      {"{}", R"({"uncountedTerminatedPods": {"succeeded": [""]}})",
       "status.uncountedTerminatedPods.succeeded[0] FieldValueInvalid"},
      // Its end.
      {R"({"startTime": )" AT("00") "}",
       R"({"startTime": )" AT("00") R"(, "completionTime": )" AT("01") R"(, "conditions": [)" COMPLETE "]}", ""},
      {R"({"startTime": )" AT("00") "}", R"({"startTime": )" AT("00") R"(, "conditions": [)" COMPLETE "]}",
       "status.completionTime FieldValueRequired"},
      {R"({"startTime": )" AT("05") "}",
       R"({"startTime": )" AT("05") R"(, "completionTime": )" AT("01") R"(, "conditions": [)" COMPLETE "]}",
       "status.completionTime FieldValueInvalid"},
      {"{}", R"({"completionTime": )" AT("01") "}", "status.completionTime FieldValueInvalid"},
      {"{}", R"({"completionTime": )" AT("01") R"(, "conditions": [)" COMPLETE "]}",
       "status.startTime FieldValueRequired"},
      {R"({"startTime": )" AT("00") "}", R"({"startTime": )" AT("00") R"(, "conditions": [)" FAILED "]}", ""},
      {R"({"startTime": )" AT("00") "}", R"({"startTime": )" AT("00") R"(, "conditions": [)" TRUE_OF("Failed") "]}",
       "status.conditions FieldValueInvalid"},
      {R"({"startTime": )" AT("00") "}", R"({"startTime": )" AT("00") R"(, "active": 1, "conditions": [)" FAILED "]}",
       "status.active FieldValueInvalid"},
      {R"({"startTime": )" AT("00") "}",
       R"({"startTime": )" AT("00") R"(, "uncountedTerminatedPods": {"failed": ["a"]}, "conditions": [)" FAILED "]}",
       "status.uncountedTerminatedPods FieldValueInvalid"},
      // What was said stays.
      {R"({"startTime": )" AT("00") "}", R"({"startTime": )" AT("02") "}", "status.startTime FieldValueInvalid"},
      {R"({"conditions": [)" TRUE_OF("FailureTarget") "]}", "{}", "status.conditions FieldValueInvalid"},
      {R"({"conditions": [)" TRUE_OF("SuccessCriteriaMet") "]}", "{}", "status.conditions FieldValueInvalid"},
      // Indexes are of indexed jobs.
      {"{}", R"({"completedIndexes": "0"})", "status.completedIndexes FieldValueInvalid"},
      {"{}", R"({"failedIndexes": "0"})", "status.failedIndexes FieldValueInvalid"},
      // What is broken already is nobody's fault who leaves it.
      {R"({"active": 1, "ready": 2})", R"({"active": 1, "ready": 2, "succeeded": 1})", ""},
  };
  Expect(JobOf(R"({"completions": 3})"), rules);
}

TEST(StatusRules, OfAnIndexedJob) {
  const StatusRule rules[] = {
      {"{}", R"({"completedIndexes": "0,2", "failedIndexes": "1"})", ""},
      {"{}", R"({"completedIndexes": "0,3"})", "status.completedIndexes FieldValueInvalid"},
      {"{}", R"({"failedIndexes": "x"})", "status.failedIndexes FieldValueInvalid"},
      {"{}", R"({"completedIndexes": "0-1", "failedIndexes": "1-2"})", "status.failedIndexes FieldValueInvalid"},
      {R"({"succeeded": 2})", R"({"succeeded": 1})", ""},  // it may be made smaller
  };
  Expect(JobOf(R"({"completions": 3, "parallelism": 3, "completionMode": "Indexed", "backoffLimitPerIndex": 1})"),
         rules);
}

TEST(StatusRules, OfSetsOfPods) {
  const StatusRule rules[] = {
      {"{}", R"({"replicas": 3, "readyReplicas": 2, "availableReplicas": 1})", ""},
      {"{}", R"({"replicas": -1})", "status.replicas FieldValueInvalid"},
      {"{}", R"({"replicas": 1, "readyReplicas": 2})", "status.readyReplicas FieldValueInvalid"},
      {"{}", R"({"replicas": 2, "readyReplicas": 1, "availableReplicas": 2})",
       "status.availableReplicas FieldValueInvalid"},
  };
  const StatusRule collisions[] = {
      {R"({"replicas": 0, "collisionCount": 1})", R"({"replicas": 0, "collisionCount": 2})", ""},
      {R"({"replicas": 0, "collisionCount": 1})", R"({"replicas": 0})", "status.collisionCount FieldValueInvalid"},
      {"{}", R"({"replicas": 1, "updatedReplicas": 2})", "status.updatedReplicas FieldValueInvalid"},
  };
  const StatusRule leaving[] = {
      {"{}", R"({"replicas": 1, "terminatingReplicas": 2})", ""},  // they are not among the replicas
      {"{}", R"({"replicas": 1, "terminatingReplicas": -1})", "status.terminatingReplicas FieldValueInvalid"},
  };
  const Json set = Json::parse(R"({"metadata": {"name": "web"}, "spec": {
    "selector": {"matchLabels": {"a": "b"}}, "serviceName": "web",
    "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}})");
  for (const char* kind : {"ReplicaSet", "Deployment", "StatefulSet"}) {
    Json body = set;
    body["apiVersion"] = "apps/v1";
    body["kind"] = kind;
    if (body["kind"] != "StatefulSet") body["spec"].erase("serviceName");
    const Json decoded = MustDecode(body).body;
    Expect(decoded, rules);
    if (body["kind"] != "ReplicaSet") Expect(decoded, collisions);
    if (body["kind"] != "StatefulSet") Expect(decoded, leaving);
  }
}

TEST(StatusRules, OfANamespaceAndAService) {
  const StatusRule phases[] = {
      {R"({"phase": "Active"})", R"({"phase": "Active", "conditions": [{"type": "A", "status": "True"}]})", ""},
      {R"({"phase": "Active"})", R"({"phase": "Terminating"})", "status.Phase FieldValueInvalid"},
  };
  Expect(MustDecode(Json::parse(R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}})")).body,
         phases);
  Json service = Json::parse(R"({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"},
    "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}})");
  const StatusRule balanced[] = {
      {"{}",
       R"({"loadBalancer": {"ingress": [{"ip": "203.0.113.1", "ipMode": "Proxy"}, {"hostname": "a.example.com"}]}})",
       ""},
      {"{}", R"({"loadBalancer": {"ingress": [{"ip": "nine"}]}})",
       "status.loadBalancer.ingress[0].ip FieldValueInvalid"},
      {"{}", R"({"loadBalancer": {"ingress": [{"hostname": "A b"}]}})",
       "status.loadBalancer.ingress[0].hostname FieldValueInvalid"},
      {"{}", R"({"loadBalancer": {"ingress": [{"hostname": "203.0.113.1"}]}})",
       "status.loadBalancer.ingress[0].hostname FieldValueInvalid"},
      {"{}", R"({"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}})",
       "status.loadBalancer.ingress[0].ipMode FieldValueRequired"},
      {"{}", R"({"loadBalancer": {"ingress": [{"ip": "203.0.113.1", "ipMode": "vip"}]}})",
       "status.loadBalancer.ingress[0].ipMode FieldValueNotSupported"},
      {"{}", R"({"loadBalancer": {"ingress": [{"hostname": "a.example.com", "ipMode": "VIP"}]}})",
       "status.loadBalancer.ingress[0].ipMode FieldValueForbidden"},
  };
  Expect(MustDecode(service).body, balanced);
  service["spec"]["type"] = "ClusterIP";
  const StatusRule plain[] = {{"{}", R"({"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}})",
                               "status.loadBalancer.ingress FieldValueForbidden"}};
  Expect(MustDecode(service).body, plain);
}

TEST(StatusRules, WhatIsLeftOutIsFilledInFirst) {
  const Json room = MustDecode(Json::parse(R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"},
    "status": {"conditions": [{"type": "A", "status": "True"}]}})"))
                        .body;
  EXPECT_EQ(room["status"]["phase"], "Active");
  EXPECT_THAT(Causes(ValidateStatusUpdate(*FindKind("Namespace"), room, room)), IsEmpty());
  const Json service = MustDecode(Json::parse(R"({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"},
    "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]},
    "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}, {"hostname": "a.example.com"}]}}})"))
                           .body;
  EXPECT_EQ(service["status"]["loadBalancer"]["ingress"],
            Json::parse(R"([{"ip": "203.0.113.1", "ipMode": "VIP"}, {"hostname": "a.example.com"}])"));
}

TEST(StatusRules, OfADefinitionNameTheStorageVersion) {
  const Json definition = MustDecode(Json::parse(R"({"apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition", "metadata": {"name": "widgets.example.com"}, "spec": {"group": "example.com",
    "scope": "Namespaced", "names": {"plural": "widgets", "kind": "Widget"}, "versions": [
      {"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}}},
      {"name": "v1beta1", "served": true, "storage": false, "schema": {"openAPIV3Schema": {"type": "object"}}}]}})"))
                              .body;
  const StatusRule rules[] = {
      {R"({"storedVersions": ["v1beta1", "v1"]})", R"({"storedVersions": ["v1"]})", ""},
      {R"({"storedVersions": ["v1"]})", R"({"storedVersions": []})", "status.storedVersions FieldValueInvalid"},
      {R"({"storedVersions": ["v1"]})", "{}", "status.storedVersions FieldValueInvalid"},
      {R"({"storedVersions": ["v1"]})", R"({"storedVersions": ["v1beta1"]})",
       "status.storedVersions FieldValueInvalid"},
  };
  Expect(definition, rules);
  Json wrong = definition;
  wrong["status"]["storedVersions"] = {"v1beta1"};
  const auto faults = ValidateStatusUpdate(*FindKind("CustomResourceDefinition"), wrong, definition);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].message, R"(Invalid value: ["v1beta1"]: must have the storage version v1)");
}

}  // namespace
}  // namespace ordinal::api

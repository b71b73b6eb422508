// HorizontalPodAutoscaler: its two versions, defaults, rules and what is printed of it.
#include <gmock/gmock.h>

#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::SizeIs;

Json Autoscaler(const Json& spec = Json::object()) {
  Json body = Json::parse(R"({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "x", "namespace": "default"},
    "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "maxReplicas": 4}})");
  body["spec"].merge_patch(spec);
  return body;
}

const Json kMemory = Json::parse(R"({"type": "ContainerResource", "containerResource": {"name": "memory",
  "container": "main", "target": {"type": "AverageValue", "averageValue": "10Mi"}}})");
const Json kHits = Json::parse(R"({"type": "Pods", "pods": {"metric": {"name": "hits"},
  "target": {"type": "AverageValue", "averageValue": "5"}}})");

TEST(Autoscaler, LooksAtCpuUnlessItIsTold) {
  const Json spec = MustDecode(Autoscaler()).body["spec"];
  EXPECT_EQ(spec["minReplicas"], 1);
  EXPECT_EQ(spec["metrics"], Json::parse(R"([{"type": "Resource", "resource": {"name": "cpu",
    "target": {"type": "Utilization", "averageUtilization": 80}}}])"));
  EXPECT_FALSE(spec.contains("behavior"));
}

TEST(Autoscaler, ABehaviourIsCompleted) {
  const Json given = Json::parse(R"({"behavior": {"scaleDown": {"stabilizationWindowSeconds": 5}}})");
  EXPECT_EQ(MustDecode(Autoscaler(given)).body["spec"]["behavior"], Json::parse(R"({
    "scaleUp": {"selectPolicy": "Max", "stabilizationWindowSeconds": 0, "policies": [
      {"type": "Pods", "value": 4, "periodSeconds": 15}, {"type": "Percent", "value": 100, "periodSeconds": 15}]},
    "scaleDown": {"selectPolicy": "Max", "stabilizationWindowSeconds": 5, "policies": [
      {"type": "Percent", "value": 100, "periodSeconds": 15}]}})"));
}

TEST(Autoscaler, OfVersion1IsTheSameObject) {
  Json old = Autoscaler();
  old["apiVersion"] = "autoscaling/v1";
  old["spec"]["targetCPUUtilizationPercentage"] = 30;
  const Decoded decoded = MustDecode(old);
  EXPECT_EQ(decoded.body["apiVersion"], "autoscaling/v2");
  EXPECT_EQ(decoded.body["spec"]["metrics"], Json::parse(R"([{"type": "Resource", "resource": {"name": "cpu",
    "target": {"type": "Utilization", "averageUtilization": 30}}}])"));
  Json shown = Present(*decoded.kind, decoded.body, "autoscaling/v1");
  EXPECT_EQ(shown["spec"]["targetCPUUtilizationPercentage"], 30);
  EXPECT_FALSE(shown["spec"].contains("metrics"));
}

TEST(Autoscaler, WhatVersion1HasNoFieldForStandsInAnnotations) {
  Json input = Autoscaler(Json{{"metrics", Json::array({kMemory, kHits})}});
  input["spec"]["behavior"]["scaleDown"]["selectPolicy"] = "Disabled";
  const Decoded decoded = MustDecode(input);
  Json stored = decoded.body;
  stored["status"]["conditions"] = Json::array({Json{{"type", "AbleToScale"}, {"status", "True"}}});
  stored["status"]["currentMetrics"] = Json::parse(R"([{"type": "Resource", "resource": {"name": "cpu",
    "current": {"averageUtilization": 7, "averageValue": "7m"}}}])");
  const Json shown = Present(*decoded.kind, stored, "autoscaling/v1");
  const Json& annotations = shown["metadata"]["annotations"];
  EXPECT_EQ(Json::parse(annotations["autoscaling.alpha.kubernetes.io/metrics"].get<std::string>()), Json::parse(R"([
    {"type": "ContainerResource", "containerResource": {"name": "memory", "container": "main",
      "targetAverageValue": "10Mi"}},
    {"type": "Pods", "pods": {"metricName": "hits", "targetAverageValue": "5"}}])"));
  EXPECT_EQ(shown["status"]["currentCPUUtilizationPercentage"], 7);
  EXPECT_TRUE(annotations.contains("autoscaling.alpha.kubernetes.io/conditions"));
  // Written again as it is, it is what it was.
  const Json again = MustDecode(shown).body;
  EXPECT_EQ(again["spec"], decoded.body["spec"]);
  EXPECT_FALSE(again["metadata"].contains("annotations"));
}

Json OfVersion1(const std::string& annotation, const std::string& text) {
  Json body = Autoscaler();
  body["apiVersion"] = "autoscaling/v1";
  body["metadata"]["annotations"]["autoscaling.alpha.kubernetes.io/" + annotation] = text;
  return body;
}

TEST(Autoscaler, AnAnnotationThatCannotBeReadIsAFault) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const std::string large = "[" + std::string(256 * 1024, ' ') + "]";
  const struct {
    const char* annotation;
    std::string text;
  } cases[] = {{"metrics", deep},  {"conditions", deep}, {"behavior", deep}, {"metrics", large},
               {"metrics", "[{]"}, {"conditions", "{}"}, {"behavior", "[]"}, {"behavior", ""}};
  const Json old_body = MustDecode(Autoscaler()).body;
  for (const auto& each : cases) {
    const std::string fault =
        std::string("metadata.annotations[autoscaling.alpha.kubernetes.io/") + each.annotation + "] FieldValueInvalid";
    const Json body = OfVersion1(each.annotation, each.text);
    EXPECT_THAT(Causes(MustFail(body).errors), Contains(fault)) << each.text.substr(0, 10);
    const auto changed = Decode(body, UnknownFields::kWarn, &old_body);
    EXPECT_TRUE(std::holds_alternative<DecodeFailure>(changed)) << each.text.substr(0, 10);
  }
  // What was measured is nobody's to say; a member that is there twice counts as the last.
  EXPECT_FALSE(MustDecode(OfVersion1("current-metrics", deep)).body["metadata"].contains("annotations"));
  const Json twice =
      MustDecode(OfVersion1("behavior", R"({"scaleUp": null, "scaleUp": {"selectPolicy": "Min"}})")).body;
  EXPECT_EQ(twice["spec"]["behavior"]["scaleUp"]["selectPolicy"], "Min");
}

TEST(Autoscaler, AnnotationsOfVersion1AreNeverStoredNorShownOld) {
  Json body = Autoscaler();
  for (const char* name : {"metrics", "current-metrics", "conditions", "behavior"}) {
    body["metadata"]["annotations"][std::string("autoscaling.alpha.kubernetes.io/") + name] = "[1]";
  }
  const Json stale = body;
  EXPECT_FALSE(MustDecode(body).body["metadata"].contains("annotations"));
  body["metadata"]["annotations"]["mine"] = "1";
  EXPECT_EQ(MustDecode(body).body["metadata"]["annotations"], (Json{{"mine", "1"}}));
  // An older agent may have stored them.
  EXPECT_FALSE(
      Present(*FindKind("HorizontalPodAutoscaler"), stale, "autoscaling/v1")["metadata"].contains("annotations"));
}

struct AutoscalerRule {
  const char *pointer, *value, *fault;
};

TEST(Autoscaler, HasRules) {
  const AutoscalerRule rules[] = {
      {"/spec/maxReplicas", "0", "spec.maxReplicas FieldValueInvalid"},
      {"/spec/minReplicas", "0", "spec.minReplicas FieldValueInvalid"},
      {"/spec/minReplicas", "5", "spec.maxReplicas FieldValueInvalid"},
      {"/spec/scaleTargetRef/name", R"("")", "spec.scaleTargetRef.name FieldValueRequired"},
      {"/spec/scaleTargetRef/kind", R"("a/b")", "spec.scaleTargetRef.kind FieldValueInvalid"},
      {"/spec/metrics", R"([{"type": "Disk"}])", "spec.metrics[0].type FieldValueNotSupported"},
      {"/spec/metrics", R"([{"type": "Resource"}])", "spec.metrics[0].resource FieldValueRequired"},
      {"/spec/metrics", R"([{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization"}}}])",
       "spec.metrics[0].resource.target.averageUtilization FieldValueRequired"},
      {"/spec/metrics",
       R"([{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization",
           "averageUtilization": 0}}}])",
       "spec.metrics[0].resource.target.averageUtilization FieldValueInvalid"},
      {"/spec/metrics",
       R"([{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization",
           "averageUtilization": 5, "averageValue": "1"}}}])",
       "spec.metrics[0].resource.target.averageValue FieldValueForbidden"},
      {"/spec/metrics",
       R"([{"type": "Pods", "pods": {"metric": {"name": "hits"}, "target": {"type": "AverageValue"}}}])",
       "spec.metrics[0].pods.target.averageValue FieldValueRequired"},
      {"/spec/behavior", R"({"scaleUp": {"policies": []}})", "spec.behavior.scaleUp.policies FieldValueRequired"},
      {"/spec/behavior", R"({"scaleUp": {"stabilizationWindowSeconds": 3601}})",
       "spec.behavior.scaleUp.stabilizationWindowSeconds FieldValueInvalid"},
      {"/spec/behavior", R"({"scaleDown": {"selectPolicy": "Some"}})",
       "spec.behavior.scaleDown.selectPolicy FieldValueNotSupported"},
      {"/spec/behavior", R"({"scaleDown": {"tolerance": "-0.1"}})",
       "spec.behavior.scaleDown.tolerance FieldValueInvalid"},
      {"/spec/behavior", R"({"scaleDown": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 1801}]}})",
       "spec.behavior.scaleDown.policies[0].periodSeconds FieldValueInvalid"},
      {"/spec/behavior", R"({"scaleDown": {"policies": [{"type": "Pods", "value": 0, "periodSeconds": 1}]}})",
       "spec.behavior.scaleDown.policies[0].value FieldValueInvalid"},
  };
  for (const AutoscalerRule& rule : rules) {
    Json body = Autoscaler();
    body[Json::json_pointer(rule.pointer)] = Json::parse(rule.value);
    EXPECT_THAT(Causes(MustFail(body).errors), Contains(std::string(rule.fault))) << rule.value;
  }
}

TEST(Autoscaler, SaysWhatNobodyMeasures) {
  EXPECT_THAT(MustDecode(Autoscaler()).warnings, IsEmpty());
  EXPECT_THAT(MustDecode(Autoscaler(Json{{"metrics", Json::array({kHits})}})).warnings, SizeIs(1));
}

TEST(Autoscaler, IsPrintedAsTheReferencePrintsIt) {
  const auto targets = [](const Json& metrics, const Json& seen) {
    Json body = MustDecode(Autoscaler(Json{{"metrics", metrics}})).body;
    body["status"]["currentMetrics"] = seen;
    return FindKind("HorizontalPodAutoscaler")->cells(body, WallTime())[2];
  };
  const Json cpu = MustDecode(Autoscaler()).body["spec"]["metrics"][0];
  const Json seen = Json::parse(R"([{"type": "Resource", "resource": {"name": "cpu",
    "current": {"averageUtilization": 7, "averageValue": "7m"}}}])");
  EXPECT_EQ(targets(Json::array({cpu}), Json::array()), "cpu: <unknown>/80%");
  EXPECT_EQ(targets(Json::array({cpu}), seen), "cpu: 7%/80%");
  EXPECT_EQ(targets(Json::array({cpu, kMemory, kHits}), seen), "cpu: 7%/80%, memory: <unknown>/10Mi + 1 more...");
}

}  // namespace
}  // namespace ordinal::api

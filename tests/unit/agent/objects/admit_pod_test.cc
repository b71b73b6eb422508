#include "agent/objects/local/admission/pods.h"

#include <gtest/gtest.h>

namespace ordinal::objects {
namespace {

using api::Json;

Json PodOf(const Json& spec) { return Json{{"kind", "Pod"}, {"spec", spec}}; }

const Json kDefaults = Json::parse(R"([
  {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
  {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}])");

TEST(AdmitPod, ANewPodGetsWhatTheRecordedOneHas) {
  Json pod = PodOf(Json::object());
  AdmitNewPod(pod);
  // Recorded: golden/04-api/defaults/pod.json.
  EXPECT_EQ(pod["spec"],
            Json({{"serviceAccountName", "default"}, {"serviceAccount", "default"}, {"tolerations", kDefaults}}));
}

TEST(AdmitPod, OwnSettingsStay) {
  const Json forever = Json::parse(R"([{"key": "node.kubernetes.io/not-ready", "operator": "Exists"}])");
  Json pod = PodOf(Json{{"serviceAccountName", "db"}, {"tolerations", forever}});
  AdmitNewPod(pod);
  EXPECT_EQ(pod["spec"]["serviceAccount"], "db");
  EXPECT_EQ(pod["spec"]["tolerations"], Json::array({forever[0], kDefaults[1]}));

  Json all = PodOf(Json{{"tolerations", Json::array({Json{{"operator", "Exists"}}})}});
  AdmitNewPod(all);
  EXPECT_EQ(all["spec"]["tolerations"].size(), 1u) << "what tolerates everything needs nothing more";
}

TEST(AdmitPod, LabelsThatAreNamedByTheirKeysBecomeConditions) {
  Json pod = Json::parse(R"({"kind": "Pod", "metadata": {"labels": {"rev": "7", "app": "db"}}, "spec": {
    "topologySpreadConstraints": [{"labelSelector": {}, "matchLabelKeys": ["rev", "nosuch"]},
                                  {"matchLabelKeys": ["rev"]}],
    "affinity": {"podAntiAffinity": {
      "requiredDuringSchedulingIgnoredDuringExecution": [
        {"labelSelector": {"matchLabels": {"app": "db"}}, "mismatchLabelKeys": ["rev"]}],
      "preferredDuringSchedulingIgnoredDuringExecution": [
        {"weight": 1, "podAffinityTerm": {"labelSelector": {}, "matchLabelKeys": ["app"]}}]}}}})");
  AdmitNewPod(pod);
  const auto condition = [](const char* key, const char* op, const char* value) {
    return Json::array({Json{{"key", key}, {"operator", op}, {"values", Json::array({value})}}});
  };
  const Json& spec = pod["spec"];
  EXPECT_EQ(spec["topologySpreadConstraints"][0]["labelSelector"]["matchExpressions"], condition("rev", "In", "7"));
  EXPECT_FALSE(spec["topologySpreadConstraints"][1].contains("labelSelector"));
  const Json& apart = spec["affinity"]["podAntiAffinity"];
  EXPECT_EQ(apart["requiredDuringSchedulingIgnoredDuringExecution"][0]["labelSelector"],
            (Json{{"matchLabels", {{"app", "db"}}}, {"matchExpressions", condition("rev", "NotIn", "7")}}));
  EXPECT_EQ(apart["preferredDuringSchedulingIgnoredDuringExecution"][0]["podAffinityTerm"]["labelSelector"],
            (Json{{"matchExpressions", condition("app", "In", "db")}}));
}

TEST(AdmitPod, ConditionsOfLabelKeysStayWhenTheyAreLeftOut) {
  Json written = Json::parse(R"({"kind": "Pod", "metadata": {"labels": {"rev": "7"}}, "spec": {
    "topologySpreadConstraints": [{"labelSelector": {}, "matchLabelKeys": ["rev"]}]}})");
  Json stored = written;
  AdmitNewPod(stored);
  const Json constraints = stored["spec"]["topologySpreadConstraints"];
  Json again = written;
  again["metadata"]["labels"]["rev"] = "8";
  AdmitPodChange(stored, again);
  EXPECT_EQ(again["spec"]["topologySpreadConstraints"], constraints) << "they are of the label it had";
  Json other = written;
  other["spec"]["topologySpreadConstraints"][0]["maxSkew"] = 2;
  const Json as_written = other["spec"]["topologySpreadConstraints"];
  AdmitPodChange(stored, other);
  EXPECT_EQ(other["spec"]["topologySpreadConstraints"], as_written) << "that is a change";
  Json of_before = written;  // stored by an agent that made no conditions
  AdmitPodChange(written, of_before);
  EXPECT_EQ(of_before["spec"]["topologySpreadConstraints"], written["spec"]["topologySpreadConstraints"]);
}

TEST(AdmitPod, AWriterThatLeavesThemOutChangesNothing) {
  Json stored = PodOf(Json::object());
  AdmitNewPod(stored);
  Json again = PodOf(Json::object());
  AdmitPodChange(stored, again);
  EXPECT_EQ(again, stored);
  Json old = PodOf(Json::object());
  Json same = old;
  AdmitPodChange(old, same);
  EXPECT_EQ(same, old) << "a pod of before is left as it is";
}

}  // namespace
}  // namespace ordinal::objects

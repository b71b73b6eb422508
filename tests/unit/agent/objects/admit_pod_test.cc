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
  EXPECT_EQ(pod["spec"], Json({{"serviceAccountName", "default"},
                               {"serviceAccount", "default"},
                               {"priority", 0},
                               {"preemptionPolicy", "PreemptLowerPriority"},
                               {"tolerations", kDefaults}}));
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

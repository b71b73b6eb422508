#include "agent/controllers/placement/plan.h"

#include <gmock/gmock.h>

#include "agent/objects/local/binding.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers {
namespace {

using placement::Decision;
using testing::HasSubstr;

Json PodWith(const std::vector<std::string>& claims) {
  Json body = Json::parse(R"({"apiVersion": "v1", "kind": "Pod",
    "metadata": {"name": "a", "namespace": "default", "uid": "a-uid"},
    "spec": {"containers": [], "volumes": [{"name": "tmp", "emptyDir": {}}]}, "status": {"phase": "Pending"}})");
  for (const std::string& claim : claims) {
    body["spec"]["volumes"].push_back(Json{{"name", claim}, {"persistentVolumeClaim", Json{{"claimName", claim}}}});
  }
  return body;
}

struct PlaceCase {
  std::string name;
  Json pod;
  std::vector<Json> claims;
  Decision::Type type;
  std::string message;
};

TEST(Placement, APodIsPlacedWhenItsClaimsAreBound) {
  const auto in_phase = [](const char* name, const char* phase) {
    return With(Claim(name, "1Mi"), "/status/phase", phase);
  };
  using Type = Decision::Type;
  const std::vector<PlaceCase> cases{
      {"no claims", PodWith({}), {}, Type::kBind, ""},
      {"all bound", PodWith({"x", "y"}), {in_phase("x", "Bound"), in_phase("y", "Bound")}, Type::kBind, ""},
      {"one pending",
       PodWith({"x", "y"}),
       {in_phase("x", "Bound"), in_phase("y", "Pending")},
       Type::kWait,
       "unbound immediate PersistentVolumeClaims: \"y\""},
      {"one missing", PodWith({"x"}), {}, Type::kWait, "persistentvolumeclaim \"x\" not found"},
      {"one lost", PodWith({"x"}), {in_phase("x", "Lost")}, Type::kWait, "non-existent persistentvolume"},
      {"one being deleted",
       PodWith({"x"}),
       {With(in_phase("x", "Bound"), "/metadata/deletionTimestamp", "2026-01-01T00:00:00Z")},
       Type::kWait,
       "\"x\" is being deleted"},
      {"placed already", With(PodWith({"x"}), "/spec/nodeName", "elsewhere"), {}, Type::kLeave, ""},
      {"on its way out",
       With(PodWith({}), "/metadata/deletionTimestamp", "2026-01-01T00:00:00Z"),
       {},
       Type::kLeave,
       ""},
      {"ended", With(PodWith({}), "/status/phase", "Failed"), {}, Type::kLeave, ""},
  };
  for (const PlaceCase& test : cases) {
    SCOPED_TRACE(test.name);
    std::map<std::string, Object> claims;
    for (const Json& body : test.claims) claims.emplace(Object(body).name(), body);
    const Decision decision =
        placement::Place(api::Pod::From(Object(test.pod)), [&](const std::string& ns, const std::string& name) {
          EXPECT_EQ(ns, "default");
          const auto found = claims.find(name);
          if (found == claims.end()) return api::Ref<api::PersistentVolumeClaim>();
          return api::Ref<api::PersistentVolumeClaim>(api::PersistentVolumeClaim::From(found->second));
        });
    EXPECT_EQ(decision.type, test.type);
    EXPECT_THAT(decision.message, HasSubstr(test.message));
  }
}

TEST(Placement, WaitingThenBoundIsOneCondition) {
  const WallTime first = *ParseTime("2026-01-01T00:00:00Z");
  const WallTime later = *ParseTime("2026-01-01T00:00:05Z");
  Json pod = PodWith({"x"});
  EXPECT_TRUE(placement::ApplyWait(pod, "claim x", first));
  EXPECT_FALSE(placement::ApplyWait(pod, "claim x", later)) << "nothing new";
  EXPECT_TRUE(placement::ApplyWait(pod, "claim y", later));
  const Json& condition = pod["status"]["conditions"][0];
  EXPECT_EQ(condition["reason"], "Unschedulable");
  EXPECT_EQ(condition["lastTransitionTime"], "2026-01-01T00:00:00Z") << "the status did not change";
  pod = objects::Bound(Object(pod), "node-a", later).value();
  ASSERT_EQ(pod["status"]["conditions"].size(), 1u);
  EXPECT_EQ(pod["spec"]["nodeName"], "node-a");
  EXPECT_EQ(pod["status"]["conditions"][0], (Json{{"type", "PodScheduled"},
                                                  {"status", "True"},
                                                  {"lastProbeTime", nullptr},
                                                  {"lastTransitionTime", "2026-01-01T00:00:05Z"}}));
  EXPECT_FALSE(objects::Bound(Object(pod), "node-b", later).ok()) << "a placed pod stays where it is";
  EXPECT_FALSE(placement::ApplyWait(pod, "claim x", later));
}

}  // namespace
}  // namespace ordinal::controllers

#include "agent/controllers/claims/plan.h"

#include <gmock/gmock.h>

#include <map>

#include "agent/controllers/claims/match.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::claims {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Claims and volumes as documents; plans are carried out on them as the controller would.
struct World {
  std::map<api::ObjectKey, Json> objects;
  std::set<std::pair<std::string, std::string>> in_use;
  std::vector<std::string> said;

  explicit World(const std::vector<Json>& bodies) {
    for (const Json& body : bodies) objects[Object(body).key()] = body;
  }

  Observed Seen() const {
    Observed seen;
    for (const auto& [key, body] : objects) {
      const Object object(body);
      if (key.kind == "PersistentVolume") {
        seen.volumes.push_back(PersistentVolume::From(object));
      } else {
        seen.claims.push_back(PersistentVolumeClaim::From(object));
      }
    }
    seen.in_use = in_use;
    seen.now = *ParseTime("2026-01-01T00:00:00Z");
    return seen;
  }

  /// Passes until one changes nothing; how many did. Deleted objects go with their last finalizer.
  int Settle() {
    for (int pass = 0; pass < 20; ++pass) {
      const auto before = objects;
      const Plan plan = MakePlan(Seen());
      for (const events::Event& saying : plan.sayings) said.push_back(saying.about.name() + ": " + saying.reason);
      for (const Chain& chain : plan.chains) {
        for (const Edit& edit : chain) {
          Json body = objects.at(edit.key);
          if (body["metadata"]["uid"] != edit.uid || !edit.change(body)) break;
          objects[edit.key] = std::move(body);
        }
      }
      std::erase_if(objects, [](const auto& item) {
        const Json& metadata = item.second["metadata"];
        return metadata.contains("deletionTimestamp") && !metadata.contains("finalizers");
      });
      if (objects == before) return pass;
    }
    ADD_FAILURE() << "never settles";
    return -1;
  }

  const Json& ClaimNamed(const std::string& name) const {
    return objects.at({"PersistentVolumeClaim", "default", name});
  }
  const Json& VolumeNamed(const std::string& name) const { return objects.at({"PersistentVolume", "", name}); }
  /// "claim→volume" of bound claims, "claim" of others, by name.
  std::vector<std::string> Bindings() const {
    std::vector<std::string> bindings;
    for (const auto& [key, body] : objects) {
      if (key.kind != "PersistentVolumeClaim") continue;
      const bool bound = body["status"]["phase"] == "Bound";
      bindings.push_back(key.name + (bound ? "→" + body["spec"]["volumeName"].get<std::string>() : ""));
    }
    return bindings;
  }
};

Json ClaimRef(const std::string& name, const std::string& uid = {}) {
  Json reference{{"namespace", "default"}, {"name", name}};
  if (!uid.empty()) reference["uid"] = uid;
  return Json{{"claimRef", std::move(reference)}};
}

struct BindCase {
  std::string name;
  std::vector<Json> objects;
  std::vector<std::string> bindings;
};

void ExpectBindings(const std::vector<BindCase>& cases) {
  for (const BindCase& test : cases) {
    SCOPED_TRACE(test.name);
    World world(test.objects);
    world.Settle();
    EXPECT_EQ(world.Bindings(), test.bindings);
    for (const auto& [key, body] : world.objects) {
      if (key.kind != "PersistentVolumeClaim" || body["status"]["phase"] != "Bound") continue;
      // A bound pair points at each other, by uid.
      const Json& volume = world.VolumeNamed(body["spec"]["volumeName"]);
      EXPECT_EQ(volume["spec"]["claimRef"]["uid"], body["metadata"]["uid"]);
      EXPECT_EQ(volume["status"]["phase"], "Bound");
      EXPECT_EQ(body["status"]["capacity"], volume["spec"]["capacity"]);
      EXPECT_EQ(body["metadata"]["annotations"][kBindCompleted], "yes");
    }
  }
}

TEST(ClaimsPlan, TheSmallestVolumeThatFitsIsTaken) {
  const Json rwx{{"accessModes", Json::array({"ReadWriteOnce", "ReadWriteMany"})}};
  const Json fast{{"storageClassName", "fast"}};
  const Json block{{"volumeMode", "Block"}};
  const Json gold{{"selector", Json{{"matchLabels", Json{{"tier", "gold"}}}}}};
  const std::vector<BindCase> cases{
      {"the smallest that is large enough",
       {Volume("a", "10Mi"), Volume("b", "2Mi"), Volume("c", "5Mi"), Claim("x", "3Mi")},
       {"x→c"}},
      {"of equal ones the first by name", {Volume("b", "1Mi"), Volume("a", "1024Ki"), Claim("x", "1Mi")}, {"x→a"}},
      {"none large enough", {Volume("a", "1Mi"), Claim("x", "2Mi")}, {"x"}},
      {"one volume for one claim only",
       {Volume("a", "1Mi"), Volume("b", "1Mi"), Claim("x", "1Mi"), Claim("y", "1Mi"), Claim("z", "1Mi")},
       {"x→a", "y→b", "z"}},
      {"the older claim first",
       {Volume("a", "1Mi"), With(Claim("x", "1Mi"), "/metadata/creationTimestamp", "2026-01-02T00:00:00Z"),
        With(Claim("y", "1Mi"), "/metadata/creationTimestamp", "2026-01-01T00:00:00Z")},
       {"x", "y→a"}},
      {"all access modes are needed", {Volume("a", "1Mi"), Volume("b", "9Mi", rwx), Claim("x", "1Mi", rwx)}, {"x→b"}},
      {"a volume with more modes serves", {Volume("a", "1Mi", rwx), Claim("x", "1Mi")}, {"x→a"}},
      {"the same class", {Volume("a", "1Mi"), Volume("b", "9Mi", fast), Claim("x", "1Mi", fast)}, {"x→b"}},
      {"no class does not take a classed volume", {Volume("b", "1Mi", fast), Claim("x", "1Mi")}, {"x"}},
      {"an empty class is no class", {Volume("a", "1Mi"), Claim("x", "1Mi", Json{{"storageClassName", ""}})}, {"x→a"}},
      {"the same volume mode", {Volume("a", "1Mi"), Volume("b", "9Mi", block), Claim("x", "1Mi", block)}, {"x→b"}},
      {"labels match the selector",
       {Volume("a", "1Mi"), With(Volume("b", "9Mi"), "/metadata/labels", Json{{"tier", "gold"}}),
        Claim("x", "1Mi", gold)},
       {"x→b"}},
  };
  ExpectBindings(cases);
}

TEST(ClaimsPlan, ReservationsAndVolumesInUse) {
  const std::vector<BindCase> cases{
      {"a volume reserved by name wins",
       {Volume("a", "1Mi"), Volume("b", "9Mi", ClaimRef("x")), Claim("x", "1Mi")},
       {"x→b"}},
      {"a volume reserved for another stays free", {Volume("a", "1Mi", ClaimRef("y")), Claim("x", "1Mi")}, {"x"}},
      {"a reservation that is too small does not count",
       {Volume("a", "1Mi", ClaimRef("x")), Volume("b", "9Mi"), Claim("x", "5Mi")},
       {"x→b"}},
      {"spec.volumeName asks for one",
       {Volume("a", "1Mi"), Volume("b", "9Mi"), Claim("x", "1Mi", Json{{"volumeName", "b"}})},
       {"x→b"}},
      {"spec.volumeName of a volume that is not there",
       {Volume("a", "1Mi"), Claim("x", "1Mi", Json{{"volumeName", "b"}})},
       {"x"}},
      {"a volume that held another claim's data is not taken",
       {Volume("a", "1Mi", ClaimRef("x", "an-earlier-x")), Claim("x", "1Mi")},
       {"x"}},
      {"a volume being deleted is not taken",
       {With(With(Volume("a", "1Mi"), "/metadata/deletionTimestamp", "2026-01-01T00:00:00Z"), "/metadata/finalizers",
             Json::array({"somebody/else"})),
        Claim("x", "1Mi")},
       {"x"}},
      {"a binding cut off after the volume is completed",
       {Volume("a", "1Mi"), Volume("b", "9Mi", ClaimRef("x", "x-uid")), Claim("x", "1Mi")},
       {"x→b"}},
  };
  ExpectBindings(cases);
}

TEST(ClaimsPlan, AnnotationsTellWhoChose) {
  // Given a volume reserved by its owner, and a volume that nobody chose
  World world({Volume("a", "1Mi", ClaimRef("x")), Volume("b", "2Mi"), Claim("x", "1Mi"), Claim("y", "2Mi")});
  world.Settle();
  EXPECT_FALSE(api::Member(world.VolumeNamed("a")["metadata"], "annotations").contains(kBoundByController));
  EXPECT_EQ(world.VolumeNamed("b")["metadata"]["annotations"][kBoundByController], "yes");
  EXPECT_EQ(world.ClaimNamed("y")["metadata"]["annotations"][kBoundByController], "yes");
}

TEST(ClaimsPlan, TheRecordedWorldIsSettledAndIsReachedFromNothing) {
  for (const std::string& state : kRecordedStates) {
    SCOPED_TRACE(state);
    std::vector<Json> recorded, fresh;
    for (const char* plural : {"persistentvolumes", "persistentvolumeclaims"}) {
      for (const Object& object : Recorded(state, plural)) {
        Json body = object.body();
        recorded.push_back(body);
        for (const char* annotation : {kBindCompleted, kBoundByController}) {
          if (body["metadata"].contains("annotations")) body["metadata"]["annotations"].erase(annotation);
        }
        body["spec"].erase("claimRef");
        body["spec"].erase("volumeName");
        body.erase("status");
        fresh.push_back(body);
      }
    }
    World settled(recorded);
    EXPECT_EQ(settled.Settle(), 0) << "something was changed";
    EXPECT_THAT(settled.said, IsEmpty());

    World world(fresh);
    world.Settle();
    for (const Json& expected : recorded) {
      Json reached = world.objects.at(Object(expected).key());
      // The revision and the time of the binding are the only things that differ.
      if (expected["spec"].contains("claimRef")) {
        reached["spec"]["claimRef"]["resourceVersion"] = expected["spec"]["claimRef"]["resourceVersion"];
      }
      if (expected["status"].contains("lastPhaseTransitionTime")) {
        reached["status"]["lastPhaseTransitionTime"] = expected["status"]["lastPhaseTransitionTime"];
      }
      EXPECT_EQ(reached, expected);
    }
  }
}

TEST(ClaimsPlan, AReleasedVolumeKeepsItsClaimRefAndIsNeverTakenAgain) {
  World world({Volume("a", "1Mi"), Claim("x", "1Mi")});
  world.Settle();
  // When the claim is deleted and made again
  world.objects.erase({"PersistentVolumeClaim", "default", "x"});
  world.Settle();
  EXPECT_EQ(world.VolumeNamed("a")["status"]["phase"], "Released");
  Json again = Claim("x", "1Mi");
  again["metadata"]["uid"] = "x-again";
  world.objects[Object(again).key()] = again;
  world.Settle();
  // Then the volume with the old claim's data stays Released
  EXPECT_THAT(world.Bindings(), ElementsAre("x"));
  EXPECT_EQ(world.VolumeNamed("a")["status"]["phase"], "Released");
  // Until its claimRef is cleared by hand
  world.objects[{"PersistentVolume", "", "a"}]["spec"].erase("claimRef");
  world.Settle();
  EXPECT_THAT(world.Bindings(), ElementsAre("x→a"));
}

TEST(ClaimsPlan, AReleasedVolumeIsReclaimedAsItsPolicySays) {
  for (const std::string policy : {"Retain", "Delete", "Recycle"}) {
    SCOPED_TRACE(policy);
    World world({Volume("a", "1Mi", Json{{"persistentVolumeReclaimPolicy", policy}}), Claim("x", "1Mi")});
    world.Settle();
    EXPECT_THAT(MakePlan(world.Seen()).reclaims, IsEmpty()) << "its claim is there";
    world.objects.erase({"PersistentVolumeClaim", "default", "x"});
    EXPECT_THAT(MakePlan(world.Seen()).reclaims, IsEmpty()) << "it is not Released yet";
    world.Settle();
    EXPECT_EQ(world.VolumeNamed("a")["status"]["phase"], "Released");
    const size_t wanted = policy == "Retain" ? 0 : 1;
    EXPECT_EQ(MakePlan(world.Seen()).reclaims.size(), wanted);
    // Given that it failed, then it is tried again, also by another process
    Json& volume = world.objects[{"PersistentVolume", "", "a"}];
    volume["status"] = Json{{"phase", "Failed"}, {"reason", "VolumeFailedDelete"}, {"message", "busy"}};
    EXPECT_EQ(MakePlan(world.Seen()).reclaims.size(), wanted);
    // When its owner wants to keep the data after all, then the failure is forgotten
    volume["spec"]["persistentVolumeReclaimPolicy"] = "Retain";
    world.Settle();
    EXPECT_EQ(world.VolumeNamed("a")["status"]["phase"], "Released");
    EXPECT_FALSE(world.VolumeNamed("a")["status"].contains("reason"));
    EXPECT_FALSE(world.VolumeNamed("a")["status"].contains("message"));
  }
}

TEST(ClaimsPlan, DeletingAVolumeByHandDoesNotLeaveTheDataOfPolicyDeleteBehind) {
  struct Case {
    const char *policy, *phase;
    bool reclaimed;
  };
  for (const Case& test : std::vector<Case>{{"Delete", "Released", true},
                                            {"Delete", "Failed", false},
                                            {"Recycle", "Released", false},
                                            {"Retain", "Released", false}}) {
    SCOPED_TRACE(fmt::format("{} {}", test.policy, test.phase));
    Json volume = Volume("a", "1Mi", ClaimRef("x", "x-uid"));
    volume["spec"]["persistentVolumeReclaimPolicy"] = test.policy;
    volume["status"]["phase"] = test.phase;
    volume["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
    volume["metadata"]["finalizers"] = Json::array({kVolumeProtection});
    World world(std::vector<Json>{volume});
    EXPECT_EQ(MakePlan(world.Seen()).reclaims.size(), test.reclaimed ? 1u : 0u);
    world.Settle();
    EXPECT_EQ(world.objects.size(), test.reclaimed ? 1u : 0u) << "the object waits for its data, else it goes";
  }
}

TEST(ClaimsPlan, AVolumeThatIsBeingWipedIsNobodys) {
  // Given that its claimRef was cleared by hand in the middle of it
  World world({Volume("a", "1Mi"), Claim("x", "1Mi"), Claim("y", "1Mi", Json{{"volumeName", "a"}})});
  Observed seen = world.Seen();
  seen.busy = {"a"};
  const Plan plan = MakePlan(seen);
  for (const Chain& chain : plan.chains) EXPECT_NE(chain[0].type, EditType::kBindVolume);
  seen.busy.clear();
  EXPECT_EQ(MakePlan(seen).chains.size(), 1u);
}

TEST(ClaimsPlan, ABoundClaimWhoseVolumeIsGoneIsLostAndFoundAgainWithIt) {
  World world({Volume("a", "1Mi"), Claim("x", "1Mi")});
  world.Settle();
  const Json volume = world.VolumeNamed("a");
  world.objects.erase({"PersistentVolume", "", "a"});
  world.Settle();
  EXPECT_EQ(world.ClaimNamed("x")["status"]["phase"], "Lost");
  EXPECT_THAT(world.said, ElementsAre("x: ClaimLost"));
  world.objects[Object(volume).key()] = volume;
  world.Settle();
  EXPECT_THAT(world.Bindings(), ElementsAre("x→a"));
}

TEST(ClaimsPlan, ProtectionGoesWhenNothingUsesTheObject) {
  const auto leaving = [](Json body, const char* finalizer) {
    body["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
    body["metadata"]["finalizers"] = Json::array({finalizer});
    return body;
  };
  World world({Volume("a", "1Mi"), Claim("x", "1Mi")});
  world.Settle();
  // Given a bound claim and its volume, both being deleted, and a pod that names the claim
  world.objects[{"PersistentVolumeClaim", "default", "x"}] = leaving(world.ClaimNamed("x"), kClaimProtection);
  world.objects[{"PersistentVolume", "", "a"}] = leaving(world.VolumeNamed("a"), kVolumeProtection);
  world.in_use = {{"default", "x"}};
  world.Settle();
  EXPECT_EQ(world.objects.size(), 2u) << "both wait for the pod";
  // When the pod is gone, then the claim goes, and the volume after it
  world.in_use.clear();
  world.Settle();
  EXPECT_THAT(world.objects, IsEmpty());
}

TEST(ClaimsPlan, AClaimNobodyServesSaysWhy) {
  World world({Volume("a", "1Mi", ClaimRef("y", "y-uid")), Volume("b", "1Mi"), Claim("x", "5Mi"),
               Claim("z", "1Mi", Json{{"storageClassName", "fast"}})});
  const Plan plan = MakePlan(world.Seen());
  ASSERT_EQ(plan.sayings.size(), 2u);
  EXPECT_EQ(plan.sayings[0].reason, "FailedBinding");
  EXPECT_THAT(plan.sayings[0].message, HasSubstr("of 2 persistent volumes 1 belong to other claims, 1 are too small"));
  EXPECT_EQ(plan.sayings[1].reason, "ProvisioningFailed");
  EXPECT_THAT(plan.sayings[1].message, HasSubstr("fast"));
}

TEST(ClaimsPlan, EditsMadeOnAnOldViewAreRefused) {
  // Given a plan that binds x to a
  World world({Volume("a", "1Mi"), Claim("x", "1Mi")});
  const Plan plan = MakePlan(world.Seen());
  ASSERT_EQ(plan.chains.size(), 1u);
  // When by then the volume is another's, or the claim bound elsewhere, then neither document is touched
  Json taken = Volume("a", "1Mi", ClaimRef("y", "y-uid"));
  EXPECT_FALSE(plan.chains[0][0].change(taken));
  Json bound = Claim("x", "1Mi", Json{{"volumeName", "b"}});
  EXPECT_FALSE(plan.chains[0][1].change(bound));
}

}  // namespace
}  // namespace ordinal::controllers::claims

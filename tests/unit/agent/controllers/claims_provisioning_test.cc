// Claims that no volume fits: classes, waiting, what is provisioned, growth; and who may still use a released volume.
#include "agent/controllers/claims/provisioning.h"

#include <gmock/gmock.h>

#include "agent/controllers/claims/classes.h"
#include "agent/controllers/claims/patience.h"
#include "agent/controllers/claims/reclaim.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::claims {
namespace {

using api::PersistentVolume;
using api::PersistentVolumeClaim;
using api::StorageClass;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kCreated = "2026-01-01T00:00:00Z";

Json Class(const std::string& name, const std::string& provisioner, Json members = Json::object()) {
  Json body = NodeClass(false);
  body["metadata"]["name"] = name;
  body["provisioner"] = provisioner;
  body.merge_patch(members);
  return body;
}

Json Classed(const std::string& name) { return Json{{"storageClassName", name}}; }

/// A world of one claim "x", created and seen when the clock stood at kCreated, `age` ago.
Observed Seen(const Json& claim, const std::vector<Json>& volumes, const std::vector<Json>& classes,
              Duration age = std::chrono::minutes(1)) {
  Observed seen;
  seen.claims.push_back(PersistentVolumeClaim::From(Object(With(claim, "/metadata/creationTimestamp", kCreated))));
  for (const Json& body : volumes) seen.volumes.push_back(PersistentVolume::From(Object(body)));
  for (const Json& body : classes) seen.classes.push_back(StorageClass::From(Object(body)));
  seen.now = *ParseTime(kCreated) + age;
  seen.patience[seen.claims[0]->meta.uid] = *ParseTime(kCreated) + kClassPatience;
  return seen;
}

/// What the plan does for the claim: edits by what they leave in the claim or volume, orders, then what is said.
std::vector<std::string> Course(const Observed& seen) {
  std::vector<std::string> course;
  const Plan plan = MakePlan(seen);
  for (const Chain& chain : plan.chains) {
    for (const Edit& edit : chain) {
      if (edit.type == EditType::kBindVolume) course.push_back("bind " + edit.key.name);
      if (edit.type == EditType::kGrowVolume) course.push_back("grow " + edit.key.name);
      if (edit.type == EditType::kMarkExternal) course.push_back("mark");
      if (edit.type != EditType::kAssignClass) continue;
      Json body = seen.claims[0]->object.body();
      EXPECT_TRUE(edit.change(body));
      course.push_back("class " + body["spec"]["storageClassName"].get<std::string>());
    }
  }
  for (const Provision& provision : plan.provisions) {
    course.push_back("provision " + provision.claim.meta.name + " by " + provision.storage_class.meta.name);
  }
  for (const auto& [name, wait] : plan.look_again) {
    course.push_back(fmt::format("wait {} ms", wait / std::chrono::milliseconds(1)));
  }
  for (const events::Event& saying : plan.sayings) course.push_back(saying.reason);
  return course;
}

TEST(DefaultClass, TheNewestOfThoseAnnotated) {
  const auto at = [](Json body, const char* time) {
    body["metadata"]["creationTimestamp"] = time;
    body["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"] = "true";
    return StorageClass::From(Object(body));
  };
  api::Refs<StorageClass> classes{StorageClass::From(Object(Class("none", "p")))};
  EXPECT_EQ(DefaultClass(classes), nullptr);
  classes.push_back(at(Class("old", "p"), "2026-01-01T00:00:00Z"));
  classes.push_back(at(Class("new-b", "p"), "2026-01-02T00:00:00Z"));
  classes.push_back(at(Class("new-a", "p"), "2026-01-02T00:00:00Z"));
  EXPECT_EQ(DefaultClass(classes)->meta.name, "new-a");
}

TEST(Provisioning, AClaimWithoutAClassTakesAVolumeWithoutOneAndElseTheDefault) {
  const std::vector<Json> with_default{NodeClass(true)};
  const Json claim = Claim("x", "1Mi");
  EXPECT_THAT(Course(Seen(claim, {Volume("a", "1Mi")}, with_default)), ElementsAre("bind a"));
  EXPECT_THAT(Course(Seen(claim, {}, with_default)), ElementsAre("class ordinal-local"));
  EXPECT_THAT(Course(Seen(claim, {Volume("a", "1Ki")}, with_default)), ElementsAre("class ordinal-local"));
  EXPECT_THAT(Course(Seen(claim, {}, {NodeClass(false)})), ElementsAre("FailedBinding")) << "no class is the default";
  EXPECT_THAT(Course(Seen(Claim("x", "1Mi", Classed("")), {}, with_default)), ElementsAre("FailedBinding"))
      << "class \"\" wants none";
  EXPECT_THAT(Course(Seen(Claim("x", "1Mi", Classed("ordinal-local")), {}, with_default)),
              ElementsAre("provision x by ordinal-local"));
}

TEST(Provisioning, VolumesThatComeAMomentLaterWin) {
  const Json claim = Claim("x", "1Mi");
  const auto after = [&](int milliseconds, const std::vector<Json>& volumes) {
    return Course(Seen(claim, volumes, {NodeClass(true)}, std::chrono::milliseconds(milliseconds)));
  };
  EXPECT_THAT(after(0, {}), ElementsAre("wait 500 ms"));
  EXPECT_THAT(after(400, {}), ElementsAre("wait 100 ms"));
  EXPECT_THAT(after(400, {Volume("a", "1Mi")}), ElementsAre("bind a"));
  EXPECT_THAT(after(500, {}), ElementsAre("class ordinal-local"));
  EXPECT_THAT(after(-3600'000, {}), ElementsAre("class ordinal-local")) << "the clock was set back";
  // A claim that names its class does not wait
  const Json named = Claim("x", "1Mi", Classed("ordinal-local"));
  EXPECT_THAT(Course(Seen(named, {}, {NodeClass(true)}, Duration::zero())),
              ElementsAre("provision x by ordinal-local"));
}

TEST(Patience, OneThatWaitedInVainWaitedForThoseThatFollow) {
  using std::chrono::seconds;
  const WallTime begin = *ParseTime(kCreated);
  Patience patience;
  const auto wait = [&](const std::string& uid, WallTime now) {
    patience.ClaimCame(uid, now);
    return *patience.Until(uid) - now;
  };
  EXPECT_EQ(wait("first", begin), kClassPatience);
  EXPECT_EQ(wait("beside it", begin), kClassPatience);
  patience.ClassAssigned(begin + kClassPatience);
  EXPECT_EQ(wait("next", begin + seconds(1)), Duration::zero());
  patience.ClassAssigned(begin + seconds(1));
  EXPECT_EQ(wait("the one after", begin + seconds(10)), Duration::zero());
  EXPECT_EQ(wait("long after", begin + seconds(11)), kClassPatience);
  // somebody does make volumes
  patience.ClassAssigned(begin + seconds(12));
  patience.VolumeCame();
  EXPECT_EQ(wait("then", begin + seconds(13)), kClassPatience);
  patience.ClaimWent("then");
  EXPECT_FALSE(patience.Until("then").has_value());
}

TEST(Provisioning, WaitForFirstConsumerWaitsForAPodEvenWhereAVolumeFits) {
  const Json late{{"volumeBindingMode", "WaitForFirstConsumer"}};
  const Json claim = Claim("x", "1Mi", Classed("late"));
  for (const std::string provisioner : {kNodeProvisioner, kNoProvisioner}) {
    Observed seen = Seen(claim, {Volume("a", "1Mi", Classed("late"))}, {Class("late", provisioner, late)});
    EXPECT_THAT(Course(seen), ElementsAre("WaitForFirstConsumer"));
    seen.consumed = {{"default", "x"}};
    EXPECT_THAT(Course(seen), ElementsAre("bind a"));
  }
  Observed seen = Seen(claim, {}, {Class("late", kNodeProvisioner, late)});
  EXPECT_THAT(Course(seen), ElementsAre("WaitForFirstConsumer"));
  seen.consumed = {{"default", "x"}};
  EXPECT_THAT(Course(seen), ElementsAre("provision x by late"));
  // What was reserved for the claim by name does not wait
  Json reserved = Volume("a", "1Mi", Classed("late"));
  reserved["spec"]["claimRef"] = Json{{"namespace", "default"}, {"name", "x"}};
  EXPECT_THAT(Course(Seen(claim, {reserved}, {Class("late", kNodeProvisioner, late)})), ElementsAre("bind a"));
}

TEST(Provisioning, WhatThisNodeDoesNotMakeIsSaid) {
  const Json claim = Claim("x", "1Mi", Classed("c"));
  EXPECT_THAT(Course(Seen(claim, {}, {Class("c", "other.example/disk")})), ElementsAre("mark", "ExternalProvisioning"));
  EXPECT_THAT(Course(Seen(claim, {}, {Class("c", kNoProvisioner)})), ElementsAre("FailedBinding"));
  EXPECT_THAT(Course(Seen(claim, {}, {})), ElementsAre("ProvisioningFailed")) << "no such class";
  const auto obstacle = [](const Json& asked, const Json& members) {
    const std::vector<Json> classes{Class("c", kNodeProvisioner, members)};
    const Observed seen = Seen(asked, {}, classes);
    EXPECT_THAT(Course(seen), ElementsAre("ProvisioningFailed"));
    return ProvisioningObstacle(seen.claims[0], seen.classes[0]);
  };
  const Json parameters{{"parameters", Json{{"type", "ssd"}, {"zone", "a"}}}};
  EXPECT_THAT(obstacle(claim, parameters), HasSubstr("type, zone"));
  EXPECT_THAT(obstacle(claim, Json{{"mountOptions", Json::array({"ro"})}}), HasSubstr("mountOptions"));
  EXPECT_THAT(obstacle(With(claim, "/spec/volumeMode", "Block"), {}), HasSubstr("Block"));
  EXPECT_THAT(obstacle(With(claim, "/spec/selector", Json{{"matchLabels", Json{{"a", "b"}}}}), {}),
              HasSubstr("selector"));
  EXPECT_THAT(obstacle(With(claim, "/spec/dataSource", Json{{"kind", "VolumeSnapshot"}, {"name", "s"}}), {}),
              HasSubstr("dataSource"));
}

TEST(Provisioning, AClaimMadeAgainWaitsForItsDirectory) {
  Json earlier = Volume("pvc-earlier", "1Mi", Classed("ordinal-local"));
  earlier["metadata"]["annotations"][kProvisionedBy] = kNodeProvisioner;
  earlier["spec"]["persistentVolumeReclaimPolicy"] = "Delete";
  earlier["spec"]["claimRef"] = Json{{"namespace", "default"}, {"name", "x"}, {"uid", "earlier"}};
  earlier["status"]["phase"] = "Released";
  const Json claim = Claim("x", "1Mi", Classed("ordinal-local"));
  EXPECT_THAT(Course(Seen(claim, {earlier}, {NodeClass(true)})), ElementsAre("Provisioning"));
  // Unless that volume stays: then another directory serves
  const Json failed = With(earlier, "/status/phase", "Failed");
  EXPECT_THAT(Course(Seen(claim, {failed}, {NodeClass(true)})), ElementsAre("provision x by ordinal-local"));
  const Json retained = With(earlier, "/spec/persistentVolumeReclaimPolicy", "Retain");
  EXPECT_THAT(Course(Seen(claim, {retained}, {NodeClass(true)})), ElementsAre("provision x by ordinal-local"));
}

TEST(Provisioning, ABoundClaimGrowsWhereItsClassAllowsIt) {
  Json claim = Claim("x", "5Mi", Json{{"volumeName", "a"}, {"storageClassName", "c"}});
  claim["metadata"]["annotations"][kBindCompleted] = "yes";
  claim["status"] =
      Json{{"phase", "Bound"}, {"accessModes", Json::array({"ReadWriteOnce"})}, {"capacity", Json{{"storage", "1Mi"}}}};
  Json volume = Volume("a", "1Mi", Classed("c"));
  volume["spec"]["claimRef"] = Json{{"namespace", "default"}, {"name", "x"}, {"uid", "x-uid"}};
  volume["status"]["phase"] = "Bound";
  const Json fixed = Class("c", "other", Json{{"allowVolumeExpansion", false}});
  EXPECT_THAT(Course(Seen(claim, {volume}, {Class("c", "other")})), ElementsAre("grow a"));
  EXPECT_THAT(Course(Seen(claim, {volume}, {fixed})), ElementsAre("VolumeResizeFailed"));
  volume["metadata"]["annotations"][kProvisionedBy] = kNodeProvisioner;
  const Observed seen = Seen(claim, {volume}, {fixed});
  EXPECT_THAT(Course(seen), ElementsAre("grow a")) << "this node made it";
  const Plan plan = MakePlan(seen);
  ASSERT_TRUE(plan.chains[0][0].change(volume));
  EXPECT_EQ(volume["spec"]["capacity"]["storage"], "5Mi");
  Json others = volume;
  others["spec"]["claimRef"]["uid"] = "other";
  EXPECT_FALSE(plan.chains[0][0].change(others));
  // Then the claim's status follows
  const Plan next = MakePlan(Seen(claim, {volume}, {fixed}));
  ASSERT_TRUE(next.chains[0][0].change(claim));
  EXPECT_EQ(claim["status"]["capacity"]["storage"], "5Mi");
}

Object PodOf(const std::string& name, const std::string& phase, const char* placed, const std::string& claim = "x") {
  Json body = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default"}})");
  body["metadata"]["name"] = name;
  body["metadata"]["uid"] = name + "-uid";
  body["spec"]["volumes"] = Json::array({Json{{"name", "v"}, {"persistentVolumeClaim", Json{{"claimName", claim}}}}});
  body["status"]["phase"] = phase;
  if (placed == nullptr) return Object(body);
  body["spec"]["nodeName"] = "node-a";
  body["status"]["conditions"] =
      Json::array({Json{{"type", "PodScheduled"}, {"status", "True"}, {"lastTransitionTime", placed}}});
  return Object(body);
}

TEST(Patience, IsInVainForAWhileAndNotUntilAnHourHasComeAgain) {
  const WallTime now = *ParseTime(kCreated);
  Patience patience;
  patience.ClassAssigned(now);
  patience.ClaimCame("follows", now + std::chrono::seconds(9));
  EXPECT_EQ(patience.Until("follows"), now + std::chrono::seconds(9));
  patience.ClaimCame("later", now + kInVainFor);
  EXPECT_EQ(patience.Until("later"), now + kInVainFor + kClassPatience);
  const WallTime set_back = now - std::chrono::hours(1);
  patience.ClaimCame("set back", set_back);
  EXPECT_EQ(patience.Until("set back"), set_back + kClassPatience);
}

TEST(UsersOf, PodsThatMayStillHaveTheVolumeMounted) {
  const char *before = "2026-01-01T00:00:00Z", *after = "2026-01-03T00:00:00Z";
  Json body = Volume("a", "1Mi");
  body["spec"]["claimRef"] = Json{{"namespace", "default"}, {"name", "x"}, {"uid", "x-uid"}};
  const auto volume = PersistentVolume::From(Object(body));
  const auto users = [&](std::optional<WallTime> successor, const Object& pod, std::vector<RunningPod> running = {}) {
    return UsersOf(volume, successor, {pod}, running);
  };
  const RunningPod alive{"default", "p", "p-uid"};
  EXPECT_THAT(users({}, PodOf("p", "Running", before)), ElementsAre("p"));
  EXPECT_THAT(users({}, PodOf("p", "Pending", before)), ElementsAre("p"));
  EXPECT_THAT(users({}, PodOf("p", "Pending", nullptr)), IsEmpty()) << "it has no node";
  EXPECT_THAT(users({}, PodOf("p", "Running", before, "other")), IsEmpty());
  EXPECT_THAT(users({}, PodOf("p", "Running", before, "other"), {alive}), IsEmpty());
  EXPECT_THAT(users({}, PodOf("p", "Succeeded", before)), IsEmpty());
  EXPECT_THAT(users({}, PodOf("p", "Failed", before), {alive}), ElementsAre("p")) << "it still runs";
  const auto successor = ParseTime("2026-01-02T00:00:00Z");
  EXPECT_THAT(users(*successor, PodOf("p", "Running", before)), ElementsAre("p"));
  EXPECT_THAT(users(*successor, PodOf("p", "Running", after)), IsEmpty()) << "it has the new claim's volume";
  // What runs without an object may have anything of its namespace
  const RunningPod stray{"default", "gone", "gone-uid"}, elsewhere{"other", "q", "q-uid"};
  EXPECT_THAT(users({}, PodOf("p", "Running", before, "other"), {stray, elsewhere, alive}),
              ElementsAre(HasSubstr("gone")));
}

}  // namespace
}  // namespace ordinal::controllers::claims

// The StatefulSet plan against what was recorded from Kubernetes.
#include <gmock/gmock.h>

#include "agent/controllers/statefulset/identity.h"
#include "agent/controllers/statefulset/plan.h"
#include "agent/controllers/statefulset/pod_template.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::statefulset {
namespace {

Observed RecordedWorld(const std::string& state) {
  Observed seen;
  seen.set = api::StatefulSet::From(RecordedOne(state, "statefulsets", "kubia"));
  for (const Object& pod : Recorded(state, "pods")) seen.pods.push_back(api::Pod::From(pod));
  for (const Object& revision : Recorded(state, "controllerrevisions")) {
    seen.revisions.push_back(api::ControllerRevision::From(revision));
  }
  for (const Object& claim : Recorded(state, "persistentvolumeclaims")) {
    seen.claims[claim.name()] = api::PersistentVolumeClaim::From(claim);
  }
  seen.now = *ParseTime("2026-11-21T23:30:00Z");
  return seen;
}

class StatefulSetGolden : public testing::TestWithParam<std::string> {};

TEST_P(StatefulSetGolden, ASettledSetNeedsNothingAndHasTheRecordedStatus) {
  const Observed seen = RecordedWorld(GetParam());
  const Plan plan = MakePlan(seen);
  EXPECT_TRUE(plan.pods.empty());
  EXPECT_TRUE(plan.claim_owners.empty());
  EXPECT_TRUE(plan.grow_claims.empty());
  EXPECT_TRUE(plan.surplus_revisions.empty());
  EXPECT_FALSE(plan.revisions.create.has_value());
  EXPECT_FALSE(plan.revisions.renumber.has_value());
  EXPECT_EQ(plan.status, seen.set.object.body()["status"]);
}

TEST_P(StatefulSetGolden, TheRevisionHasTheRecordedNameDataAndLabels) {
  Observed seen = RecordedWorld(GetParam());
  const Json newest = seen.revisions.back()->object.body();
  seen.revisions.clear();
  const auto create = MakePlan(seen).revisions.create;
  ASSERT_TRUE(create.has_value());
  EXPECT_EQ((*create)["metadata"]["name"], newest["metadata"]["name"]);
  EXPECT_EQ((*create)["metadata"]["labels"], newest["metadata"]["labels"]);
  EXPECT_EQ((*create)["metadata"]["ownerReferences"], newest["metadata"]["ownerReferences"]);
  // It was recorded before 1.34, which leaves out a time that is not there.
  Json data = newest["data"];
  EXPECT_EQ(data["spec"]["template"]["metadata"].erase("creationTimestamp"), 1U);
  EXPECT_EQ((*create)["data"], data);
  EXPECT_TRUE(SameData(newest["data"], data));
  data["spec"]["template"]["metadata"]["labels"]["x"] = "y";
  EXPECT_FALSE(SameData(newest["data"], data));
}

/// Takes off what admission, defaulting and the scheduler add to a pod's spec.
Json WithoutAdmission(Json spec) {
  for (const char* member : {"serviceAccountName", "serviceAccount", "nodeName", "tolerations", "priority",
                             "enableServiceLinks", "preemptionPolicy"}) {
    spec.erase(member);
  }
  const auto token = [](const Json& item) { return item["name"].get<std::string>().starts_with("kube-api-access-"); };
  Json kept = Json::array();
  for (const Json& volume : spec["volumes"]) {
    if (!token(volume)) kept.push_back(volume);
  }
  spec["volumes"] = kept;
  for (Json& container : spec["containers"]) {
    kept = Json::array();
    for (const Json& mount : container["volumeMounts"]) {
      if (!token(mount)) kept.push_back(mount);
    }
    container["volumeMounts"] = kept;
  }
  return spec;
}

TEST_P(StatefulSetGolden, PodsAndClaimsAreBuiltAsRecorded) {
  const Observed seen = RecordedWorld(GetParam());
  for (const api::Pod& pod : seen.pods) {
    SCOPED_TRACE(pod.meta.name);
    const std::string revision = pod.meta.labels.at("controller-revision-hash");
    const auto from = std::find_if(seen.revisions.begin(), seen.revisions.end(),
                                   [&](const auto& known) { return known->meta.name == revision; });
    ASSERT_NE(from, seen.revisions.end());
    const auto ordinal = OrdinalOf(seen.set, pod.meta.name);
    ASSERT_TRUE(ordinal.has_value());
    const Json built = BuildPod(seen.set, TemplateOf((*from)->data()), revision, *ordinal);
    const Json& recorded = pod.object.body();
    for (const char* member : {"name", "generateName", "namespace", "labels", "ownerReferences"}) {
      EXPECT_EQ(built["metadata"][member], recorded["metadata"][member]) << member;
    }
    EXPECT_EQ(api::Member(built["metadata"], "annotations"), api::Member(recorded["metadata"], "annotations"));
    EXPECT_EQ(built["spec"], WithoutAdmission(recorded["spec"]));
  }
  for (const Object& claim : Recorded(GetParam(), "persistentvolumeclaims")) {
    const auto ordinal = ParsePodName(claim.name())->ordinal;
    const Json built = BuildClaims(seen.set, ordinal).at(0);
    Json spec = claim.body()["spec"];
    spec.erase("volumeName");
    EXPECT_EQ(built["metadata"]["name"], claim.name());
    EXPECT_EQ(built["metadata"]["labels"], claim.body()["metadata"]["labels"]);
    EXPECT_EQ(built["spec"], spec);
  }
}

INSTANTIATE_TEST_SUITE_P(States, StatefulSetGolden, testing::ValuesIn(kRecordedStates), [](const auto& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(StatefulSetIdentity, NamesOfPods) {
  struct Case {
    std::string name, parent;
    std::optional<int64_t> ordinal;
  };
  const std::vector<Case> cases{{"kubia-0", "kubia", 0},         {"my-set-12", "my-set", 12},
                                {"kubia-007", "", std::nullopt}, {"kubia", "", std::nullopt},
                                {"kubia-", "", std::nullopt},    {"-1", "", std::nullopt},
                                {"kubia-1a", "", std::nullopt},  {"kubia-99999999999999999999", "", std::nullopt}};
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    const auto parsed = ParsePodName(test.name);
    ASSERT_EQ(parsed.has_value(), test.ordinal.has_value());
    if (!parsed) continue;
    EXPECT_EQ(parsed->parent, test.parent);
    EXPECT_EQ(parsed->ordinal, *test.ordinal);
  }
}

TEST(StatefulSetIdentity, MembershipNeedsNameLabelsAndOwner) {
  const auto set = api::StatefulSet::From(Object(Set("kubia", 1)));
  const api::OwnerReference ours = api::ControllerReference(set.object);
  api::OwnerReference other = ours;
  other.uid = "other";
  struct Case {
    std::string name, app;
    std::vector<api::OwnerReference> owners;
    Membership expected;
  };
  const std::vector<Case> cases{
      {"kubia-0", "kubia", {ours}, Membership::kOurs},      {"kubia-0", "kubia", {}, Membership::kAdopt},
      {"kubia-0", "x", {ours}, Membership::kRelease},       {"other-0", "kubia", {ours}, Membership::kRelease},
      {"kubia-0", "kubia", {other}, Membership::kStranger}, {"kubia-x", "kubia", {}, Membership::kStranger},
      {"kubia-0", "x", {}, Membership::kStranger},
  };
  for (const Case& test : cases) {
    api::Meta meta;
    meta.name = test.name;
    meta.labels = {{"app", test.app}};
    meta.owners = test.owners;
    EXPECT_EQ(MembershipOf(set, meta), test.expected) << test.name << " " << test.app << " " << test.owners.size();
  }
}

TEST(StatefulSetTemplate, AClaimTemplateReplacesAVolumeOfTheSameName) {
  Json spec{{"template",
             Json{{"spec", Json{{"volumes", Json::array({Json{{"name", "data"}, {"emptyDir", Json::object()}},
                                                         Json{{"name", "tmp"}, {"emptyDir", Json::object()}}})}}}}}};
  const auto set = api::StatefulSet::From(Object(Set("kubia", 1, spec)));
  const Json pod = BuildPod(set, set.pod_template(), "kubia-1", 4);
  ASSERT_EQ(pod["spec"]["volumes"].size(), 2u);
  EXPECT_EQ(pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"], "data-kubia-4");
  EXPECT_EQ(pod["spec"]["volumes"][1]["name"], "tmp");
  EXPECT_EQ(pod["spec"]["hostname"], "kubia-4");
  EXPECT_EQ(pod["spec"]["subdomain"], "kubia");
}

}  // namespace
}  // namespace ordinal::controllers::statefulset

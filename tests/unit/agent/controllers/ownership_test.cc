// What becomes of objects whose owners go: in the background, in the foreground, orphaned.
#include "tests/unit/agent/controllers/cluster.h"

namespace ordinal::controllers {
namespace {

using ownership::OwnerState;
using ownership::Verdict;

TEST(Judge, AnObjectGoesOnlyWhenNoOwnerKeepsIt) {
  constexpr auto kPresent = OwnerState::kPresent, kAbsent = OwnerState::kAbsent, kUnknown = OwnerState::kUnknown,
                 kWaiting = OwnerState::kWaiting;
  using Kind = Verdict::Kind;
  struct Case {
    std::string name;
    std::vector<OwnerState> owners;
    Kind kind = Kind::kKeep;
    std::vector<std::string> forget = {};
    bool deleting = false, has_dependents = false;
  };
  const std::vector<Case> cases{
      {"no owners", {}},
      {"owner present", {kPresent}},
      {"owner absent", {kAbsent}, Kind::kDelete},
      {"owner absent, owns something itself", {kAbsent}, Kind::kDelete, {}, false, true},
      {"owner of a kind nobody watches", {kUnknown}},
      {"one of two present", {kAbsent, kPresent}, Kind::kForget, {"0"}},
      {"one of two unknown", {kUnknown, kAbsent}, Kind::kForget, {"1"}},
      {"both absent", {kAbsent, kAbsent}, Kind::kDelete},
      {"going already", {kAbsent}, Kind::kKeep, {}, true},
      {"owner waits for it", {kWaiting}, Kind::kDelete},
      {"owner waits for it and for what it owns", {kWaiting}, Kind::kDeleteForeground, {}, false, true},
      {"one waits, one is present", {kPresent, kWaiting}, Kind::kForget, {"1"}},
      {"one waits, one is absent", {kAbsent, kWaiting}, Kind::kDelete},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    api::Meta meta;
    for (size_t i = 0; i < test.owners.size(); ++i) {
      meta.owners.push_back({"v1", "X", "x", std::to_string(i), true, true});
    }
    if (test.deleting) meta.deleted = WallTime();
    const ownership::FindOwner find_owner = [&](const std::string&, const api::OwnerReference& owner) {
      return test.owners[std::stoul(owner.uid)];
    };
    const Verdict verdict = Judge(meta, find_owner, test.has_dependents);
    EXPECT_EQ(verdict.kind, test.kind);
    EXPECT_EQ(verdict.forget, test.forget);
  }
}

class Ownership : public Cluster {
 protected:
  /// Deletes as the API does when asked to wait for, or to spare, what an object owns.
  void DeleteWith(const std::string& finalizer, const std::string& kind, const std::string& name) {
    Modify(kind, name, [&](Json& body) { body["metadata"]["finalizers"].push_back(finalizer); });
    Delete(kind, name);
  }
  bool PodsReady(size_t count) {
    return Eventually([&] {
      size_t ready = 0;
      pods_.ForEach("default", [&](const Object& pod) { ready += api::Pod::From(pod).Ready(); });
      return ready == count && pods_.size() == count;
    });
  }
};

TEST_F(Ownership, InTheBackgroundPodsFollowTheirSet) {
  Create(Replicas("web", 3));
  ASSERT_TRUE(PodsReady(3));
  Delete("ReplicaSet", "web");
  EXPECT_TRUE(Get("ReplicaSet", "web").is_null()) << "the set goes at once";
  EXPECT_TRUE(Eventually([&] { return pods_.size() == 0; }));
}

TEST_F(Ownership, InTheForegroundTheSetGoesLast) {
  Create(Replicas("web", 2));
  ASSERT_TRUE(PodsReady(2));
  for (const std::string& pod : Names("Pod")) node_.never_gone.insert(pod);
  DeleteWith("foregroundDeletion", "ReplicaSet", "web");
  ASSERT_TRUE(Eventually([&] {
    size_t leaving = 0;
    pods_.ForEach("default", [&](const Object& pod) { leaving += api::ReadMeta(pod.body()).deleting(); });
    return leaving == 2;
  }));
  EXPECT_FALSE(Get("ReplicaSet", "web").is_null()) << "it waits for its pods";
  const auto pods = Names("Pod");
  node_.never_gone.clear();
  for (const std::string& pod : pods) node_.Again(pod);
  EXPECT_TRUE(Eventually([&] { return pods_.size() == 0 && replica_sets_.size() == 0; }));
  EXPECT_EQ(Names("Pod"), std::vector<std::string>{}) << "no replacements";
}

TEST_F(Ownership, ForegroundReachesDown) {
  Json deployment = Replicas("web", 2);
  deployment["kind"] = "Deployment";
  Create(deployment);
  ASSERT_TRUE(PodsReady(2));
  for (const std::string& pod : Names("Pod")) node_.never_gone.insert(pod);
  DeleteWith("foregroundDeletion", "Deployment", "web");
  ASSERT_TRUE(Eventually([&] {
    size_t leaving = 0;
    pods_.ForEach("default", [&](const Object& pod) { leaving += api::ReadMeta(pod.body()).deleting(); });
    return leaving == 2;
  }));
  EXPECT_EQ(List("ReplicaSet").size(), 1U) << "the set in between waits too";
  EXPECT_EQ(List("Deployment").size(), 1U);
  const auto pods = Names("Pod");
  node_.never_gone.clear();
  for (const std::string& pod : pods) node_.Again(pod);
  EXPECT_TRUE(Eventually([&] { return pods_.size() + replica_sets_.size() + deployments_.size() == 0; }));
}

TEST_F(Ownership, OrphanedPodsStayAndCanBeAdopted) {
  Create(Replicas("web", 2));
  ASSERT_TRUE(PodsReady(2));
  const auto pods = Names("Pod");
  DeleteWith("orphan", "ReplicaSet", "web");
  ASSERT_TRUE(Eventually([&] { return replica_sets_.size() == 0; }));
  EXPECT_EQ(Names("Pod"), pods);
  for (const Object& pod : List("Pod")) {
    EXPECT_FALSE(pod.body()["metadata"].contains("ownerReferences")) << pod.name();
    EXPECT_FALSE(pod.body()["metadata"].contains("deletionTimestamp")) << pod.name();
  }
  Create(Replicas("web", 2));
  const std::string uid = Get("ReplicaSet", "web")["metadata"]["uid"];
  EXPECT_TRUE(Eventually([&] {
    size_t owned = 0;
    pods_.ForEach("default", [&](const Object& pod) {
      const api::Meta meta = api::ReadMeta(pod.body());
      owned += meta.Controller() != nullptr && meta.Controller()->uid == uid;
    });
    return owned == 2;
  }));
  EXPECT_EQ(Names("Pod"), pods);
}

}  // namespace
}  // namespace ordinal::controllers

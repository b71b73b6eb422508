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

TEST(Circle, IsOneOnlyWhenAllOfItWaitAndNothingElseHoldsIt) {
  using Edges = std::map<std::string, std::vector<std::string>>;  // what each one is blocked by
  struct Case {
    const char* name;
    Edges blockers;
    std::set<std::string> waiting;
    bool circle;
  };
  const std::vector<Case> cases{
      {"nothing in the way", {}, {"a"}, false},
      {"a chain", {{"a", {"b"}}, {"b", {"c"}}}, {"a", "b", "c"}, false},
      {"itself", {{"a", {"a"}}}, {"a"}, true},
      {"two of each other", {{"a", {"b"}}, {"b", {"a"}}}, {"a", "b"}, true},
      {"three around", {{"a", {"b"}}, {"b", {"c"}}, {"c", {"a"}}}, {"a", "b", "c"}, true},
      {"three around, one not told yet", {{"a", {"b"}}, {"b", {"c"}}, {"c", {"a"}}}, {"a", "b"}, false},
      {"one of them has a pod that still ends", {{"a", {"b"}}, {"b", {"a", "p"}}}, {"a", "b"}, false},
      {"one of them holds one that goes by itself", {{"a", {"b"}}, {"b", {"a", "p"}}}, {"a", "b", "p"}, false},
      {"before a circle", {{"a", {"b"}}, {"b", {"c"}}, {"c", {"b"}}}, {"a", "b", "c"}, false},
      {"two circles in one point", {{"a", {"b", "c"}}, {"b", {"a"}}, {"c", {"a"}}}, {"a", "b", "c"}, true},
  };
  for (const Case& test : cases) {
    const ownership::FindBlockers find = [&](const std::string& uid) {
      std::vector<ownership::Blocker> blockers;
      const auto found = test.blockers.find(uid);
      if (found == test.blockers.end()) return blockers;
      for (const std::string& each : found->second) blockers.push_back({each, test.waiting.contains(each)});
      return blockers;
    };
    EXPECT_EQ(ownership::WaitsInACircle("a", find), test.circle) << test.name;
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

TEST_F(Ownership, InTheForegroundWhoDoesNotBlockItIsNotWaitedFor) {
  Create(Replicas("web", 1));
  ASSERT_TRUE(PodsReady(1));
  const std::string pod = Names("Pod").at(0);
  Modify("Pod", pod, [](Json& body) { body["metadata"]["ownerReferences"][0]["blockOwnerDeletion"] = false; });
  node_.never_gone.insert(pod);
  DeleteWith("foregroundDeletion", "ReplicaSet", "web");
  EXPECT_TRUE(Eventually([&] { return replica_sets_.size() == 0; }));
  EXPECT_TRUE(Eventually([&] { return api::Deleting(Get("Pod", pod)); })) << "it follows";
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

/// Circles of pods: each owns the next.
class Circles : public Ownership {
 protected:
  void Pod(const std::string& name) {
    Create(Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default", "name": ")" + name +
                       R"("}, "spec": {"containers": [{"name": "main", "image": "busybox:1.35"}]}})"));
  }
  void Owns(const std::string& owner, const std::string& dependent) {
    const Json reference{{"apiVersion", "v1"},
                         {"kind", "Pod"},
                         {"name", owner},
                         {"uid", Get("Pod", owner)["metadata"]["uid"]},
                         {"blockOwnerDeletion", true}};
    Modify("Pod", dependent, [&](Json& body) { body["metadata"]["ownerReferences"].push_back(reference); });
  }
  bool AllGone() {
    return Eventually([&] { return pods_.size() == 0; });
  }
};

TEST_F(Circles, DoesNotKeepAnyOfItFromGoing) {
  for (const char* policy : {"foregroundDeletion", ""}) {
    SCOPED_TRACE(policy);
    for (const char* name : {"a", "b", "c"}) Pod(name);
    Owns("a", "b"), Owns("b", "c"), Owns("c", "a");
    ASSERT_TRUE(PodsReady(3));
    if (*policy == 0) {
      Delete("Pod", "a");
    } else {
      DeleteWith(policy, "Pod", "a");
    }
    ASSERT_TRUE(AllGone());
  }
}

TEST_F(Circles, WhoseMembersAreAllDeletedInTheForegroundGoes) {
  for (const char* name : {"a", "b"}) Pod(name);
  Owns("a", "b"), Owns("b", "a"), Owns("a", "a");
  ASSERT_TRUE(PodsReady(2));
  objects::DeleteOptions foreground;
  foreground.propagation = objects::Propagation::kForeground;
  ASSERT_TRUE(RunTask(io_, client_.Delete({"Pod", "default", "a"}, foreground)).ok());
  const auto second = RunTask(io_, client_.Delete({"Pod", "default", "b"}, foreground));
  EXPECT_TRUE(second.ok() || second.error().code == ErrorCode::kNotFound) << "it may have followed a already";
  EXPECT_TRUE(AllGone());
}

TEST_F(Circles, StillWaitsForWhatIsNotInIt) {
  // Given a circle of two, one of which owns a pod that takes its time to end
  for (const char* name : {"a", "b", "slow"}) Pod(name);
  Owns("a", "b"), Owns("b", "a"), Owns("b", "slow");
  ASSERT_TRUE(PodsReady(3));
  node_.never_gone.insert("slow");
  DeleteWith("foregroundDeletion", "Pod", "a");
  ASSERT_TRUE(Eventually([&] {
    return api::Deleting(pods_.Find("default", "slow")->body()) && api::Deleting(pods_.Find("default", "b")->body());
  }));
  RunReady(io_);
  EXPECT_EQ(pods_.size(), 3u) << "a and b wait for it";
  node_.never_gone.clear();
  node_.Again("slow");
  EXPECT_TRUE(AllGone());
}

TEST_F(Circles, AnOwnerThatNobodyCanLookUpIsNotTakenForAbsent) {
  // Given a pod owned by an object of another group, and a volume without a namespace owned by one in a namespace
  Pod("a");
  Create(Volume("pv-a", "1Mi"));
  const auto own = [&](const std::string& kind, const std::string& name, Json owner) {
    owner["name"] = "gone";
    owner["uid"] = "gone-uid";
    Modify(kind, name, [&](Json& body) { body["metadata"]["ownerReferences"] = Json::array({owner}); });
  };
  own("Pod", "a", Json{{"apiVersion", "example.org/v1"}, {"kind", "StatefulSet"}});
  own("PersistentVolume", "pv-a", Json{{"apiVersion", "v1"}, {"kind", "PersistentVolumeClaim"}});
  // When another one, whose owner is known to be absent, is collected
  Pod("b");
  own("Pod", "b", Json{{"apiVersion", "apps/v1"}, {"kind", "StatefulSet"}});
  ASSERT_TRUE(Gone(pods_, "b"));
  // Then these stay
  EXPECT_FALSE(Get("Pod", "a").is_null() || api::Deleting(Get("Pod", "a")));
  EXPECT_FALSE(Get("PersistentVolume", "pv-a").is_null() || api::Deleting(Get("PersistentVolume", "pv-a")));
}

TEST_F(Ownership, AnOwnerOfAnotherNamespaceOrOfAnotherUidIsAbsent) {
  Json elsewhere = Replicas("web", 0);
  elsewhere["metadata"]["namespace"] = "other";
  const auto far = RunTask(io_, client_.Create(elsewhere));
  ASSERT_TRUE(far.ok()) << far.error().message;
  Create(Replicas("web", 0));
  const std::pair<const char*, std::string> cases[] = {{"far", far->object.uid()}, {"older", "an-older-one"}};
  for (const auto& [pod, uid] : cases) {
    Json body = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default"},
      "spec": {"containers": [{"name": "main", "image": "busybox:1.35"}]}})");
    body["metadata"]["name"] = pod;
    body["metadata"]["ownerReferences"] =
        Json::array({Json{{"apiVersion", "apps/v1"}, {"kind", "ReplicaSet"}, {"name", "web"}, {"uid", uid}}});
    Create(body);
    EXPECT_TRUE(Gone(pods_, pod)) << pod;
  }
  EXPECT_FALSE(Get("ReplicaSet", "web").is_null());
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

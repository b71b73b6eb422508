// What one change makes the claims controller look at, among many claims and volumes it does not concern.
#include "agent/controllers/claims/connected.h"

#include <gmock/gmock.h>

#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::claims {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr int kOthers = 500;

class ConnectedTest : public testing::Test {
 protected:
  ConnectedTest() {
    // given many bound pairs that nobody speaks of
    for (int i = 0; i < kOthers; ++i) Bound(fmt::format("other-{}", i), fmt::format("pv-other-{}", i));
    caches_.Start(io_.get_executor());
    RunTask(io_, caches_.WaitSynced());
  }

  void Put(const Json& body) {
    const Object object(body);
    const bool there = RunTask(io_, store_.Get(object.key())).ok();
    ASSERT_TRUE((there ? RunTask(io_, store_.Update(object)) : RunTask(io_, store_.Create(object))).ok());
    RunReady(io_);
  }
  void Free(const std::string& volume, const std::string& storage_class = "") {
    Put(Volume(volume, "1Mi", Json{{"storageClassName", storage_class}}));
  }
  void Reserved(const std::string& volume, const std::string& claim) {
    Put(Volume(volume, "1Mi", Json{{"claimRef", Json{{"namespace", "default"}, {"name", claim}}}}));
  }
  void Pending(const std::string& claim, Json spec = Json::object()) { Put(Claim(claim, "1Mi", std::move(spec))); }
  void Bound(const std::string& claim, const std::string& volume) {
    Put(Claim(claim, "1Mi", Json{{"volumeName", volume}}));
    Reserved(volume, claim);
  }
  /// Names of what is looked at.
  std::vector<std::string> Looked(const Changed& changed) {
    Observed seen;
    connected_.Gather(changed, seen);
    std::vector<std::string> names;
    for (const api::PersistentVolumeClaim& claim : seen.claims) names.push_back(claim.meta.name);
    for (const api::PersistentVolume& volume : seen.volumes) names.push_back(volume.meta.name);
    return names;
  }
  static Changed Claims(const std::string& name) { return {{{"default", name}}, {}}; }
  static Changed Volumes(const std::string& name) { return {{}, {name}}; }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  store::MemoryStore store_;
  objects::Caches caches_{store_, clock_};
  Connected connected_{caches_};
};

TEST_F(ConnectedTest, ABoundClaimAndItsVolumeAreAWorldOfTheirOwn) {
  EXPECT_THAT(Looked(Claims("other-7")), UnorderedElementsAre("other-7", "pv-other-7"));
  EXPECT_THAT(Looked(Volumes("pv-other-7")), UnorderedElementsAre("other-7", "pv-other-7"));
  EXPECT_THAT(Looked(Claims("nobody")), IsEmpty());
}

TEST_F(ConnectedTest, AClaimWithoutAVolumeSeesWhatItCouldGetAndNothingElse) {
  Free("pv-a");
  Free("pv-fast", "fast");
  Reserved("pv-mine", "x");
  Pending("x");
  Pending("y");
  EXPECT_THAT(Looked(Claims("x")), UnorderedElementsAre("x", "pv-a", "pv-mine"));
  Pending("z", Json{{"storageClassName", "fast"}});
  EXPECT_THAT(Looked(Claims("z")), UnorderedElementsAre("z", "pv-fast"));
}

TEST_F(ConnectedTest, AVolumeThatBecameFreeIsOfferedToAllWhoWaitForItsClass) {
  Pending("x");
  Pending("y");
  Pending("z", Json{{"storageClassName", "fast"}});
  Free("pv-a");
  Free("pv-b");
  // they compete for both, so both are seen
  EXPECT_THAT(Looked(Volumes("pv-a")), UnorderedElementsAre("x", "y", "pv-a", "pv-b"));
}

TEST_F(ConnectedTest, WhatRefersToSomethingThatIsGoneIsLookedAt) {
  Put(Claim("lost", "1Mi", Json{{"volumeName", "pv-gone"}}));
  Reserved("pv-left", "gone");
  EXPECT_THAT(Looked(Volumes("pv-gone")), UnorderedElementsAre("lost"));
  EXPECT_THAT(Looked(Claims("gone")), UnorderedElementsAre("pv-left"));
}

/// A claim whose volume is another's, whose claim names a third volume: none of them may be judged without the next.
TEST_F(ConnectedTest, AChainIsFollowedToItsEndHoweverLong) {
  constexpr int kLong = 1000;
  for (int i = 0; i < kLong; ++i) {
    Put(Claim(fmt::format("c{}", i), "1Mi", Json{{"volumeName", fmt::format("v{}", i)}}));
    Reserved(fmt::format("v{}", i), fmt::format("c{}", i + 1));
  }
  EXPECT_EQ(Looked(Claims("c0")).size(), 2U * kLong);
  EXPECT_EQ(Looked(Volumes(fmt::format("v{}", kLong - 1))).size(), 2U * kLong);
}

TEST_F(ConnectedTest, PodsCountForTheClaimsTheyName) {
  Pending("x");
  const auto pod = [](const char* name, const char* phase, const char* node) {
    Json body = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "spec": {"volumes": [{"name": "d",
      "persistentVolumeClaim": {"claimName": "x"}}], "containers": [{"name": "a", "image": "i"}]}})");
    body["metadata"] = Json{{"name", name}, {"namespace", "default"}, {"uid", name}};
    body["status"]["phase"] = phase;
    if (*node != 0) body["spec"]["nodeName"] = node;
    return body;
  };
  const auto use = [this] {
    Observed seen;
    connected_.Gather(Claims("x"), seen);
    return std::pair(seen.in_use.size(), seen.consumed.size());
  };
  EXPECT_EQ(use(), std::pair(size_t{0}, size_t{0}));
  Put(pod("waits", "Pending", ""));
  EXPECT_EQ(use(), std::pair(size_t{0}, size_t{1}));
  Put(pod("ended", "Failed", "node-a"));
  EXPECT_EQ(use(), std::pair(size_t{1}, size_t{1}));
}

}  // namespace
}  // namespace ordinal::controllers::claims

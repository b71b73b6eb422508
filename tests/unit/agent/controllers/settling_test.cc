// Since when pods are up, and from which an update may go on.
#include "agent/controllers/settling.h"

#include <gmock/gmock.h>

#include "agent/controllers/pod_readiness.h"
#include "agent/controllers/ready_times.h"
#include "agent/objects/caches.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::IsEmpty;

const WallTime kNow = *ParseTime("2026-01-01T01:00:00Z");

Json PodJson(const std::string& name, bool ready, const std::string& since, Json containers = Json::array()) {
  return Json{{"apiVersion", "v1"},
              {"kind", "Pod"},
              {"metadata", Json{{"name", name},
                                {"namespace", "default"},
                                {"uid", name},
                                {"ownerReferences", Json::array({Json{{"apiVersion", "apps/v1"},
                                                                      {"kind", "StatefulSet"},
                                                                      {"name", "set"},
                                                                      {"uid", "set"},
                                                                      {"controller", true}}})}}},
              {"spec", Json{{"containers", std::move(containers)}}},
              {"status",
               Json{{"phase", "Running"},
                    {"containerStatuses", Json::array({Json{{"name", "main"}, {"containerID", "containerd://1"}}})},
                    {"conditions",
                     Json::array({Json{
                         {"type", "Ready"}, {"status", ready ? "True" : "False"}, {"lastTransitionTime", since}}})}}}};
}
api::Pod PodOf(const std::string& name, bool ready, const std::string& since = "2026-01-01T00:59:59Z") {
  return api::Pod::From(Object(PodJson(name, ready, since)));
}

TEST(Settling, TheFirstPodOfARevisionNeedsLongerThanThoseAfterIt) {
  const api::Pod a = PodOf("a", true), b = PodOf("b", true), down = PodOf("down", false);
  struct Case {
    const char* name;
    ReadySince since;
    std::map<std::string, Duration> expected;
  };
  const std::vector<Case> cases{
      {"both just came up", {{"a", kNow}, {"b", kNow}}, {{"a", seconds(1)}, {"b", seconds(1)}}},
      {"none has shown yet that the template runs",
       {{"a", kNow - milliseconds(900)}, {"b", kNow - milliseconds(300)}},
       {{"a", milliseconds(100)}, {"b", milliseconds(700)}}},
      {"one has", {{"a", kNow - seconds(1)}, {"b", kNow - milliseconds(100)}}, {{"b", milliseconds(150)}}},
      {"one has, and the other was up for a quarter", {{"a", kNow - seconds(9)}, {"b", kNow - milliseconds(250)}}, {}},
      {"only the condition is known, whose second may have just ended",
       {{"a", kNow}},
       {{"a", seconds(1)}, {"b", seconds(1)}}},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    EXPECT_EQ(Unsettled({&a, &b, &down}, kUsualSettling, test.since, kNow), test.expected);
  }
  EXPECT_THAT(Unsettled({&a}, Settling(), {{"a", kNow}}, kNow), IsEmpty()) << "settings of 0";
}

TEST(Settling, AClockThatWasSetBackKeepsNobodyWaitingForThatHour) {
  EXPECT_EQ(AvailableIn(PodOf("a", true, "2026-01-01T02:00:00Z"), 30, kNow), Duration::zero());
  EXPECT_EQ(AvailableIn(PodOf("a", true, "2026-01-01T01:00:30Z"), 30, kNow), Duration::zero());
}

TEST(Settling, ASmallStepBackMakesNobodyAvailable) {
  const api::Pod a = PodOf("a", true, "2026-01-01T01:00:02Z");
  EXPECT_EQ(AvailableIn(a, 600, kNow), seconds(602));
  EXPECT_FALSE(Available(a, 600, kNow));
  EXPECT_TRUE(Available(a, 600, kNow + seconds(602)));
}

TEST(Settling, WhereItIsKnownSinceWhenAPodIsReadyTheConditionDoesNotCount) {
  const api::Pod ahead = PodOf("a", true, "2026-01-01T02:00:00Z"), behind = PodOf("a", true, "2025-01-01T00:00:00Z");
  for (const api::Pod& pod : {ahead, behind}) {
    EXPECT_EQ(AvailableIn(pod, 30, kNow, {{"a", kNow - seconds(10)}}), seconds(20));
    EXPECT_TRUE(Available(pod, 30, kNow, {{"a", kNow - seconds(30)}}));
  }
}

TEST(Settling, OnlyAPodWhoseContainersAreAllProbedNeedsNone) {
  const Json probed{{"name", "a"}, {"readinessProbe", Json{{"exec", Json{{"command", {"true"}}}}}}};
  const Json live{{"name", "b"}, {"livenessProbe", Json{{"exec", Json{{"command", {"true"}}}}}}};
  const auto unsettled = [](const Json& containers) {
    const api::Pod pod = api::Pod::From(Object(PodJson("a", true, "2026-01-01T01:00:00Z", containers)));
    return Unsettled({&pod}, kUsualSettling, {{"a", kNow}}, kNow).size();
  };
  EXPECT_EQ(unsettled(Json::array({probed})), 0u);
  EXPECT_EQ(unsettled(Json::array({live})), 1u);
  EXPECT_EQ(unsettled(Json::array({probed, live})), 1u) << "the other one may crash";
}

class ReadyTimesTest : public testing::Test {
 protected:
  void Run() {
    caches_.Start(io_.get_executor());
    RunReady(io_);
  }
  void Write(const Json& pod) {
    const bool there = RunTask(io_, store_.Get(Object(pod).key())).ok();
    ASSERT_TRUE((there ? RunTask(io_, store_.Update(Object(pod))) : RunTask(io_, store_.Create(Object(pod)))).ok());
    RunReady(io_);
  }
  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  store::MemoryStore store_;
  objects::Caches caches_{store_, clock_};
  ReadyTimes times_{caches_.Of<api::Pod>(), clock_, "StatefulSet"};
};

TEST_F(ReadyTimesTest, AreTakenWhenAPodBecomesReadyAndDropWhenItIsNot) {
  Run();
  Write(PodJson("a", false, "2026-01-01T00:00:00Z"));
  EXPECT_EQ(times_.Of("a"), std::nullopt);
  clock_.Advance(milliseconds(1300));
  const WallTime came = clock_.Now();
  Write(PodJson("a", true, "2026-01-01T00:00:01Z"));
  clock_.Advance(milliseconds(100));
  Write(With(PodJson("a", true, "2026-01-01T00:00:01Z"), "/metadata/labels", Json{{"x", "y"}}));
  EXPECT_EQ(times_.Of("a"), came) << "finer than the condition, and other changes do not count";
  Write(PodJson("a", false, "2026-01-01T00:00:01Z"));
  EXPECT_EQ(times_.Of("a"), std::nullopt);
}

TEST_F(ReadyTimesTest, AreAsLongAgoAsTheyWereWhateverTheClockIsSetTo) {
  Run();
  Write(PodJson("a", true, "2026-01-01T00:00:00Z"));
  for (const Duration by : {Duration(-seconds(2)), Duration(std::chrono::hours(1)), Duration(-std::chrono::hours(2))}) {
    clock_.Set(by);
    EXPECT_EQ(times_.Of("a"), clock_.Now());
  }
  clock_.Advance(milliseconds(300));
  EXPECT_EQ(times_.Of("a"), clock_.Now() - milliseconds(300));
}

TEST_F(ReadyTimesTest, BeginAgainWhenAnotherContainerRunsThoughNobodySawTheFirstOneEnd) {
  Run();
  const Json pod = PodJson("a", true, "2026-01-01T00:00:00Z");
  Write(pod);
  clock_.Advance(milliseconds(700));
  Write(With(pod, "/status/containerStatuses/0/containerID", "containerd://2"));
  EXPECT_EQ(times_.Of("a"), clock_.Now());
}

TEST_F(ReadyTimesTest, OfPodsThatWereReadyBeforeComeFromTheCondition) {
  clock_.Advance(seconds(60));
  Write(PodJson("long", true, "2026-01-01T00:00:10Z"));
  Write(PodJson("just", true, "2026-01-01T00:01:00Z"));
  Json stranger = PodJson("stranger", true, "2026-01-01T00:00:10Z");
  stranger["metadata"]["ownerReferences"][0]["kind"] = "ReplicaSet";
  Write(stranger);
  Run();
  EXPECT_EQ(times_.Of("long"), ParseTime("2026-01-01T00:00:11Z").value()) << "at the latest";
  EXPECT_EQ(times_.Of("just"), clock_.Now());
  EXPECT_EQ(times_.Of("stranger"), std::nullopt);
}

}  // namespace
}  // namespace ordinal::controllers

// The prober with containers that answer as told, on a clock that stands still.
#include "agent/probes/prober.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "tests/fakes/fake_checks.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::probes {
namespace {

using api::Json;
using fakes::Fails;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Each;
using ::testing::IsEmpty;

constexpr char kUid[] = "u1";

class ProberTest : public ::testing::Test {
 protected:
  struct Recorder final : events::Recorder {
    void Record(const events::Event& event) override { said.push_back(event.reason + ": " + event.message); }
    std::vector<std::string> said;
  };

  ProberTest() {
    std::filesystem::create_directories(layout_.Pod(kUid));
    Start();
  }

  /// As after a restart of the agent: what was known is on disk alone.
  void Start() {
    prober_ = std::make_unique<Prober>(Prober::Parts{io_.get_executor(), clock_, pool_, layout_, checks_, recorder_});
    prober_->OnChange([this](const std::string& uid) { told_.push_back(uid); });
  }

  static Json HttpProbe(Json more = Json::object()) {
    more["httpGet"] = {{"path", "/"}, {"port", 80}};
    if (!more.contains("periodSeconds")) more["periodSeconds"] = 10;
    return more;
  }

  /// Container `id`, started now the first time it is used, with these probes.
  void Use(Json probes, bool running = true, const std::string& id = "c1") {
    probes["name"] = "main";
    Json document = {{"apiVersion", "v1"},
                     {"kind", "Pod"},
                     {"metadata", {{"name", "p"}, {"uid", kUid}}},
                     {"spec", {{"containers", Json::array({std::move(probes)})}}}};
    pod_ = api::Pod::From(api::Object(std::move(document)));
    target_.name = "main";
    target_.running = running;
    target_.started_at = started_.try_emplace(id, clock_.Now()).first->second;
    target_.probes = pod_.spec.containers.front().probes;
    target_.where.container_id = id;
    prober_->Use(pod_, {target_});
    Settle();
  }

  void Settle() {
    for (int round = 0; round < 4; ++round) {
      const auto nothing = [] { return Status(); };
      ASSERT_TRUE(RunTask(io_, pool_.Run(nothing)).ok());
      RunReady(io_);
    }
  }
  void Pass(Duration by) {
    for (Duration passed{0}; passed < by; passed += milliseconds(50)) {
      clock_.Advance(milliseconds(50));
      Settle();
    }
  }
  Standing Now(const std::string& id = "c1") const { return prober_->Of(kUid, id).value_or(Standing()); }
  void Answers(bool pass) {
    checks_.answer = [pass](const Where&, const api::Handler&) { return pass ? Outcome() : Fails("no"); };
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  BlockingPool pool_{1};
  fakes::ScratchDirectory directory_;
  const Layout layout_{
      {directory_ / "state", directory_ / "volumes", directory_ / "run", directory_ / "logs", directory_ / "l"}};
  fakes::FakeChecks checks_{clock_};
  Recorder recorder_;
  api::Pod pod_;
  Target target_;
  std::map<std::string, WallTime> started_;
  std::vector<std::string> told_;
  std::unique_ptr<Prober> prober_;
};

TEST_F(ProberTest, ReadinessIsSeenAtOnceAndLostByItsThreshold) {
  Answers(false);
  Use({{"readinessProbe", HttpProbe()}});
  EXPECT_FALSE(Now().ready);
  Pass(seconds(1));
  EXPECT_FALSE(Now().ready);
  Answers(true);
  Pass(seconds(2));  // long before the period is over
  EXPECT_TRUE(Now().ready);
  Answers(false);
  Pass(seconds(20));
  EXPECT_TRUE(Now().ready);  // two beats
  Pass(seconds(10));
  EXPECT_FALSE(Now().ready);
  EXPECT_FALSE(Now().failure);
}

TEST_F(ProberTest, BetweenTheBeatsItIsAskedEverMoreRarelyAndFailuresAreNotCounted) {
  Answers(false);
  Use({{"startupProbe", HttpProbe({{"failureThreshold", 3}})}});
  Pass(seconds(19));
  EXPECT_FALSE(Now().failure);
  EXPECT_LT(checks_.asked.size(), 13U);
  EXPECT_LT(recorder_.said.size(), 3U);
  Pass(seconds(11));
  ASSERT_TRUE(Now().failure);
  EXPECT_EQ(Now().failure->kind, api::ProbeKind::kStartup);
  EXPECT_THAT(recorder_.said, Each(std::string("Unhealthy: Startup probe failed: no")));
  EXPECT_EQ(recorder_.said.size(), 3U);
}

TEST_F(ProberTest, WhatProbesSaidIsCountedUntilTheirPodGoes) {
  Use({{"readinessProbe", HttpProbe()}, {"livenessProbe", HttpProbe({{"failureThreshold", 9}})}});
  Pass(seconds(10));
  Answers(false);
  checks_.takes = milliseconds(50);
  Pass(seconds(20));
  std::map<api::ProbeKind, ProbeCounts> counted;
  const auto look = [&] {
    counted.clear();
    prober_->Each([&](const CountedProbe& probe) {
      EXPECT_EQ(probe.pod, "p");
      EXPECT_EQ(probe.uid, kUid);
      EXPECT_EQ(probe.container, "main");
      counted.emplace(probe.kind, probe.counts);
    });
  };
  look();
  ASSERT_EQ(counted.size(), 2U);
  const ProbeCounts& liveness = counted.at(api::ProbeKind::kLiveness);
  EXPECT_EQ(liveness.passed, 1U);
  EXPECT_EQ(liveness.failed, 2U);
  EXPECT_EQ(liveness.unknown, 0U);
  EXPECT_EQ(liveness.took.count(), 3U);
  EXPECT_EQ(liveness.took.counts()[3], 2U) << "up to 50 ms";
  const ProbeCounts& readiness = counted.at(api::ProbeKind::kReadiness);
  EXPECT_EQ(readiness.took.count(), readiness.passed + readiness.failed) << "between the beats too";
  const uint64_t asked = liveness.took.count();
  Use({{"readinessProbe", HttpProbe()}, {"livenessProbe", HttpProbe({{"failureThreshold", 9}})}}, true, "c2");
  look();
  ASSERT_EQ(counted.size(), 2U);
  EXPECT_GE(counted.at(api::ProbeKind::kLiveness).took.count(), asked)
      << "a restart of the container begins nothing anew";
  prober_->Drop(kUid);
  look();
  EXPECT_TRUE(counted.empty());
}

TEST_F(ProberTest, ASteadyStateIsAskedOncePerPeriodAndWritesNothing) {
  Use({{"readinessProbe", HttpProbe()}, {"livenessProbe", HttpProbe()}});
  Pass(seconds(10));
  const std::string file = layout_.ProbeState(kUid, "main", "readiness");
  const auto written = std::filesystem::last_write_time(file);
  const size_t asked = checks_.asked.size(), told = told_.size();
  Pass(seconds(100));
  EXPECT_EQ(checks_.asked.size() - asked, 20U);
  EXPECT_EQ(told_.size(), told);
  EXPECT_EQ(std::filesystem::last_write_time(file), written);
}

TEST_F(ProberTest, AClockThatIsSetBackDelaysNoBeat) {
  Use({{"livenessProbe", HttpProbe({{"periodSeconds", 5}, {"initialDelaySeconds", 300}})}});
  Pass(seconds(310));
  clock_.Set(-std::chrono::hours(1));
  Answers(false);
  Pass(seconds(16));
  EXPECT_TRUE(Now().failure) << "three beats";
}

TEST_F(ProberTest, LivenessAndReadinessWaitForTheStart) {
  Answers(false);
  Use({{"startupProbe", HttpProbe({{"failureThreshold", 100}})},
       {"livenessProbe", HttpProbe({{"periodSeconds", 1}, {"failureThreshold", 1}})},
       {"readinessProbe", HttpProbe()}});
  Pass(seconds(60));
  EXPECT_FALSE(Now().failure);
  EXPECT_FALSE(Now().started);
  Answers(true);
  Pass(seconds(12));
  EXPECT_TRUE(Now().started);
  EXPECT_TRUE(Now().ready);
}

TEST_F(ProberTest, ALivenessFailureHasItsOwnGraceAndIsRememberedWhenItsContainerHasEnded) {
  Answers(false);
  const Json probes = {{"livenessProbe", HttpProbe({{"periodSeconds", 1}, {"terminationGracePeriodSeconds", 7}})}};
  Use(probes);
  Pass(seconds(4));
  ASSERT_TRUE(Now().failure);
  EXPECT_EQ(Now().failure->grace_seconds, 7);
  const size_t asked = checks_.asked.size();
  Pass(seconds(5));
  EXPECT_EQ(checks_.asked.size(), asked);  // on hold
  Use(probes, false);
  EXPECT_TRUE(Now().failure);
  Start();
  Use(probes, false);
  EXPECT_TRUE(prober_->Known(kUid));
  EXPECT_TRUE(Now().failure);
  Use(probes, true, "c2");
  EXPECT_FALSE(Now("c2").failure);
  EXPECT_FALSE(prober_->Of(kUid, "c1"));
}

TEST_F(ProberTest, ARestartOfTheAgentFlipsNothingAndCountsOn) {
  Use({{"readinessProbe", HttpProbe({{"failureThreshold", 4}})}});
  Pass(seconds(1));
  ASSERT_TRUE(Now().ready);
  Answers(false);
  Pass(seconds(20));  // two failures
  Start();
  Use({{"readinessProbe", HttpProbe({{"failureThreshold", 4}})}});
  EXPECT_TRUE(Now().ready);
  Pass(seconds(10));
  EXPECT_TRUE(Now().ready);
  Pass(seconds(10));
  EXPECT_FALSE(Now().ready);  // the fourth
  Answers(true);
  Start();
  Use({{"readinessProbe", HttpProbe({{"failureThreshold", 4}})}});
  EXPECT_FALSE(Now().ready);
  Pass(seconds(10));
  EXPECT_TRUE(Now().ready);
}

TEST_F(ProberTest, WhatTheStatusShowedIsBelievedWhereNothingWasKept) {
  Answers(false);
  target_.shown_started = target_.shown_ready = true;
  Use({{"startupProbe", HttpProbe()}, {"readinessProbe", HttpProbe()}});
  EXPECT_TRUE(Now().started);
  EXPECT_TRUE(Now().ready);
  Pass(seconds(30));
  EXPECT_TRUE(Now().started);
  EXPECT_FALSE(Now().ready);
}

TEST_F(ProberTest, ARuntimeThatIsAwaySaysNothingOfAContainer) {
  Use({{"readinessProbe", HttpProbe({{"failureThreshold", 1}})},
       {"livenessProbe", HttpProbe({{"failureThreshold", 1}})}});
  Pass(seconds(10));
  ASSERT_TRUE(Now().ready);
  checks_.answer = [](const Where&, const api::Handler&) { return fakes::Unknown("away"); };
  Pass(seconds(60));
  EXPECT_TRUE(Now().ready);
  EXPECT_FALSE(Now().failure);
}

TEST_F(ProberTest, AProbeThatHangsFailsAndNeverPilesUp) {
  checks_.takes = std::chrono::hours(1);
  Use({{"livenessProbe", HttpProbe({{"periodSeconds", 1}, {"timeoutSeconds", 2}})}});
  Pass(seconds(12));
  EXPECT_TRUE(Now().failure);
  EXPECT_EQ(checks_.most_running, 1);
}

TEST_F(ProberTest, OfAPodThatIsEndedOnlyReadinessIsAsked) {
  Use({{"readinessProbe", HttpProbe()}, {"livenessProbe", HttpProbe({{"periodSeconds", 1}})}});
  Pass(seconds(2));
  prober_->Ending(kUid);
  Answers(false);
  Pass(seconds(40));
  EXPECT_FALSE(Now().ready);
  EXPECT_FALSE(Now().failure);
  prober_->Drop(kUid);
  Settle();
  EXPECT_EQ(prober_->running(), 0U);
  const size_t asked = checks_.asked.size();
  Pass(seconds(40));
  EXPECT_EQ(checks_.asked.size(), asked);
}

TEST_F(ProberTest, SeveralPassesInARowAreThoseOfItsBeats) {
  Use({{"readinessProbe", HttpProbe({{"successThreshold", 3}})}});
  Pass(seconds(20));
  EXPECT_FALSE(Now().ready);
  Pass(seconds(11));
  EXPECT_TRUE(Now().ready);
}

TEST_F(ProberTest, WhatCouldNotBeKeptIsNotBelievedLater) {
  Use({{"readinessProbe", HttpProbe({{"failureThreshold", 1}})}});
  Pass(seconds(1));
  ASSERT_TRUE(Now().ready);
  const std::string file = layout_.ProbeState(kUid, "main", "readiness");
  ASSERT_TRUE(std::filesystem::exists(file));
  std::filesystem::create_directory(file + ".new");  // in the way of the draft
  Answers(false);
  Pass(seconds(11));
  EXPECT_FALSE(Now().ready);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(ProberTest, TheDelayIsWaitedForAndThePeriodMayBeShort) {
  Answers(true);
  Use({{"readinessProbe", HttpProbe({{"initialDelaySeconds", 5}})}});
  Pass(milliseconds(4950));
  EXPECT_THAT(checks_.asked, IsEmpty());
  Pass(milliseconds(100));
  EXPECT_TRUE(Now().ready);
}

}  // namespace
}  // namespace ordinal::probes

// Which ends begin a round, what they count for, and the order in which the containers of a pod end.
#include <gmock/gmock.h>

#include "agent/podsync/plan.h"
#include "agent/podsync/rounds.h"
#include "agent/podsync/why_ended.h"
#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using ::testing::ElementsAre;

constexpr SteadyTime kBegan{std::chrono::hours(5)};

/// A pod that runs once, all of whose containers restart all when they end with 42.
api::Pod PodOfRounds(const std::vector<std::string>& inits, const std::vector<std::string>& mains) {
  Json spec = Spec(inits, mains, "Never");
  const Json rules =
      Json::parse(R"([{"action": "RestartAllContainers", "exitCodes": {"operator": "In", "values": [42]}}])");
  for (const char* list : {"initContainers", "containers"}) {
    for (Json& container : spec[list]) container["restartPolicyRules"] = rules;
  }
  return PodWith(spec);
}

Held& OfRound(Held& held, const std::string& number) {
  held.Last().annotations[observe::kRound] = number;
  return held;
}

/// "main debug:2": the containers of each step, with a grace of their own where they have one.
std::vector<std::string> Words(const std::vector<EndContainers>& ends) {
  std::vector<std::string> words;
  for (const EndContainers& end : ends) {
    std::vector<std::string> names;
    for (const ContainerKill& kill : end.containers) {
      names.push_back(kill.grace_seconds ? fmt::format("{}:{}", kill.name, *kill.grace_seconds) : kill.name);
    }
    words.push_back(fmt::format("{}", fmt::join(names, " ")));
  }
  return words;
}

api::Pod PodWithDebug(int64_t grace = 30) {
  Json spec = Spec({"one*", "two*"}, {"main", "other"});
  spec["ephemeralContainers"] = Containers({"debug"});
  spec["terminationGracePeriodSeconds"] = grace;
  return PodWith(spec);
}

TEST(RoundBegins, NotForAnEndThatAResizeCaused) {
  const api::Pod pod = PodOfRounds({}, {"main", "other"});
  const Held held = Held().Sandbox("s0").Running("other").Ended("main", 42);
  Memory memory;
  EXPECT_NE(RoundOf(pod, held.state(), memory).begun_by, nullptr);
  memory.ended_to_restart = {"main-0"};
  EXPECT_EQ(RoundOf(pod, held.state(), memory).begun_by, nullptr);
}

TEST(RoundBegins, NotForASidecarThatEndsWithItsPodWhateverTheClockSays) {
  const api::Pod pod = PodOfRounds({"side*"}, {"main"});
  Held held = Held().Sandbox("s0").Ended("main", 0).Ended("side", 42, 0, Noon(seconds(-3600)));
  Memory memory;
  memory.ended_with_pod = {"side-0"};
  EXPECT_EQ(RoundOf(pod, held.state(), memory).begun_by, nullptr);
}

TEST(RoundBegins, ForASidecarWhosePodIsKilledForThat) {
  const api::Pod pod = PodOfRounds({"side*"}, {"main"});
  const Held held = Held().Sandbox("s0").Ended("side", 42).Ended("main", 137, 0, Noon(seconds(1)));
  const Round round = RoundOf(pod, held.state(), Memory{});
  ASSERT_NE(round.begun_by, nullptr);
  EXPECT_EQ(round.begun_by->name, "side");
  EXPECT_EQ(round.number, 1U);
}

TEST(RoundBegins, AfterTheHighestNumberThatAnythingHas) {
  const api::Pod pod = PodOfRounds({}, {"main"});
  Held held;
  held.Sandbox("s0").Ended("main", 1, 1);
  OfRound(held, "2").Ended("main", 42, 0);  // shown as the newer one
  const Round round = RoundOf(pod, held.state(), Memory{});
  EXPECT_EQ(round.number, 2U);
  EXPECT_EQ(round.begun_by, nullptr);
}

TEST(RoundCounts, ForTheBackoffOfTheOneWhoseEndItWas) {
  const api::Pod pod = PodOfRounds({}, {"main", "other", "third"});
  const Held held =
      Held().Sandbox("s0").Ended("main", 42).Ended("other", 42, 0, Noon(seconds(1))).Ended("third", 137, 0, Noon());
  const auto with_it = [&](const std::string& name, uint32_t round) {
    return EndedWithItsRound(*Newest(held.state(), name), round, pod, held.state(), Memory{});
  };
  EXPECT_FALSE(with_it("main", 1));
  EXPECT_FALSE(with_it("main", 2)) << "its round ended before it was started again in it";
  EXPECT_TRUE(with_it("other", 1)) << "it came later";
  EXPECT_TRUE(with_it("third", 1));
  EXPECT_FALSE(with_it("third", 0)) << "it is started again in its round";
}

TEST(EndsInOrder, OfAPodThatIsOver) {
  const Held held =
      Held().Sandbox("s0").Running("one").Running("two").Running("main").Running("debug").Running("other");
  const auto ends = EndsOfPod(PodWithDebug(), held.state(), Memory{}, "over", kBegan);
  EXPECT_THAT(Words(ends), ElementsAre("other main", "debug:2", "two", "one"));
  for (const EndContainers& end : ends) {
    EXPECT_TRUE(end.containers.front().with_pod);
    EXPECT_EQ(end.containers.front().pod_ends, kBegan + seconds(30));
  }
}

TEST(EndsInOrder, NobodyGetsMoreThanThereIs) {
  const Held held = Held().Sandbox("s0").Running("main").Running("debug");
  Memory memory;
  memory.node_end = NodeEnd{"Evicted", "", 1, false};
  EXPECT_THAT(Words(EndsOfPod(PodWithDebug(), held.state(), memory, "over", kBegan)), ElementsAre("main:1", "debug:1"));
  EXPECT_THAT(Words(EndsOfPod(PodWithDebug(0), held.state(), Memory{}, "over", kBegan)),
              ElementsAre("main", "debug:0"));
}

TEST(EndsInOrder, SidecarsHaveWhatTheOthersLeftAndTheEndIsShownLast) {
  Host host;
  for (const char* name : {"one", "two", "main"}) host.runtime.Script(name, {.stop_takes = seconds(1)});
  Json spec = Spec({"one*", "two*"}, {"main"});
  spec["activeDeadlineSeconds"] = 5;
  host.StartAgent();
  host.Apply(spec);
  host.Pass(seconds(4));
  ASSERT_EQ(host.Running(), "main#0 one#0 two#0");
  host.Pass(std::chrono::milliseconds(2500));
  EXPECT_EQ(host.Running(), "one#0 two#0");
  EXPECT_EQ(host.Phase(), "Running") << "something of it still runs";
  host.Pass(seconds(3));
  EXPECT_THAT(host.Stops(), ElementsAre("StopContainer main 30s", "StopContainer two 29s", "StopContainer one 28s"));
  EXPECT_EQ(host.Phase(), "Failed");
}

TEST(EphemeralStart, ThatWasCutOffIsMadeOnceMore) {
  PodSeen seen;
  Held held = Held().Sandbox("s0").Running("one").Running("two").Running("main").Running("other").Ended("debug", 128);
  held.Last().reason = "StartError";
  const auto plan = [&] {
    seen.now = Noon();
    seen.runtime = held.state();
    std::vector<std::string> steps;
    for (const Step& step : PlanPod(PodWithDebug(), seen, Memory{}).steps) steps.push_back(Describe(step));
    return steps;
  };
  EXPECT_THAT(plan(), ::testing::IsEmpty()) << "it could not be started";
  held.Last().message = "create containerd task: context canceled";
  EXPECT_THAT(plan(), ElementsAre("volumes", "start ephemeral 0 (1)"));
}

TEST(RestartTimes, AreNotWaitedForWhenTheClockWasPutBack) {
  const api::Pod pod = PodWith(Spec({}, {"main"}));
  const Held held = Held().Sandbox("s0").Ended("main", 1, 5);
  const StartContainer start{false, 0};
  EXPECT_EQ(RestartTime(pod, start, held.state(), Memory{}, Noon()), Noon(seconds(16)));
  EXPECT_LE(RestartTime(pod, start, held.state(), Memory{}, Noon(seconds(-3600))), Noon(seconds(-3600)));
}

}  // namespace
}  // namespace ordinal::podsync

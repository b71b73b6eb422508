#include "agent/podsync/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/agent/podsync/pods.h"

namespace ordinal::podsync {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

Plan PlanAt(const api::Pod& pod, const observe::PodState& state, const Memory& memory, WallTime now) {
  PodSeen seen;
  seen.now = now;
  seen.runtime = state;
  return PlanPod(pod, seen, memory);
}

/// The steps of one kind, each as `word` writes it.
template <class Kind, class Word>
std::vector<std::string> All(const Plan& plan, Word word) {
  std::vector<std::string> all;
  for (const Step& step : plan.steps) {
    if (const Kind* kind = std::get_if<Kind>(&step)) all.push_back(word(*kind));
  }
  return all;
}

/// A plan by kinds, on one line: "stop s0 | kill a-0 | sandbox 1 | start i0#0 c0#0 | finished | again +10s | rm a-0 |
/// rm-sandbox s0".
std::string Line(const Plan& plan, WallTime now) {
  std::vector<std::string> parts;
  const auto words = [&](const std::string& verb, const std::vector<std::string>& ids) {
    if (!ids.empty()) parts.push_back(fmt::format("{} {}", verb, fmt::join(ids, " ")));
  };
  const auto id = [](const auto& step) { return step.id; };
  words("stop", All<StopSandbox>(plan, id));
  words("kill", All<EndContainers>(plan, [](const EndContainers& step) {
          std::vector<std::string> ids;
          for (const ContainerKill& kill : step.containers) ids.push_back(kill.id);
          return fmt::format("{}", fmt::join(ids, " "));
        }));
  words("sandbox", All<MakeSandbox>(plan, [](const MakeSandbox& step) { return fmt::format("{}", step.attempt); }));
  words("start", All<StartContainer>(plan, [](const StartContainer& step) {
          return fmt::format("{}{}#{}", step.init ? 'i' : 'c', step.index, step.attempt);
        }));
  if (plan.finished) parts.emplace_back("finished");
  if (plan.look_again) parts.push_back(fmt::format("again +{}s", (*plan.look_again - now) / seconds(1)));
  std::vector<std::string> records = All<DropContainer>(plan, id);
  for (std::string& record : All<RemoveContainer>(plan, id)) records.push_back(std::move(record));
  words("rm", records);
  words("rm-sandbox", All<RemoveSandbox>(plan, id));
  return parts.empty() ? "nothing" : fmt::format("{}", fmt::join(parts, " | "));
}

/// The steps in their order.
std::vector<std::string> Order(const Plan& plan) {
  std::vector<std::string> order;
  for (const Step& step : plan.steps) order.push_back(Describe(step));
  return order;
}

struct Case {
  std::string name;
  Json spec;
  Held held;
  std::string expected;
  WallTime now = Noon();
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }
std::string NameOf(const ::testing::TestParamInfo<Case>& info) { return info.param.name; }

class PlanOf : public ::testing::TestWithParam<Case> {};

TEST_P(PlanOf, Pod) {
  const Case& given = GetParam();
  const Plan plan = PlanAt(PodWith(given.spec), given.held.state(), Memory{}, given.now);
  EXPECT_EQ(Line(plan, given.now), given.expected);
}

const Json kOne = Spec({}, {"a"});
const Json kTwo = Spec({}, {"a", "b"});

INSTANTIATE_TEST_SUITE_P(
    Start, PlanOf,
    ::testing::Values(Case{"NothingThere", kTwo, Held(), "sandbox 0 | start c0#0 c1#0"},
                      Case{"NothingThereInitFirst", Spec({"i", "j"}, {"a"}), Held(), "sandbox 0 | start i0#0"},
                      Case{"SandboxOnly", kTwo, Held().Sandbox("s0"), "start c0#0 c1#0"},
                      Case{"OneOfTwoStarted", kTwo, Held().Sandbox("s0").Running("a"), "start c1#0"},
                      Case{"AllRunning", kTwo, Held().Sandbox("s0").Running("a").Running("b"), "nothing"},
                      Case{"HalfMadeByAnEarlierAgent", kOne, Held().Sandbox("s0").Created("a"), "start c0#0 | rm a-0"},
                      Case{"HalfMadeRestart", kOne, Held().Sandbox("s0").Ended("a", 1).Created("a", 1),
                           "start c0#1 | rm a-1"},
                      Case{"LostByTheRuntime", kOne, Held().Sandbox("s0").Unknown("a"), "kill a-0"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Init, PlanOf,
    ::testing::Values(
        Case{"FirstRuns", Spec({"i", "j"}, {"a"}), Held().Sandbox("s0").Running("i"), "nothing"},
        Case{"FirstDone", Spec({"i", "j"}, {"a"}), Held().Sandbox("s0").Ended("i", 0), "start i1#0"},
        Case{"AllDone", Spec({"i", "j"}, {"a"}), Held().Sandbox("s0").Ended("i", 0).Ended("j", 0), "start c0#0"},
        Case{"HalfMade", Spec({"i"}, {"a"}), Held().Sandbox("s0").Created("i"), "start i0#0 | rm i-0"},
        Case{"FailedOnceStartsAtOnce", Spec({"i"}, {"a"}), Held().Sandbox("s0").Ended("i", 1), "start i0#1"},
        Case{"FailedTwiceWaits", Spec({"i"}, {"a"}), Held().Sandbox("s0").Ended("i", 1, 1), "again +1s"},
        Case{"FailedUnderOnFailure", Spec({"i"}, {"a"}, "OnFailure"), Held().Sandbox("s0").Ended("i", 1), "start i0#1"},
        Case{"FailedUnderNever", Spec({"i"}, {"a"}, "Never"), Held().Sandbox("s0").Ended("i", 1), "stop s0 | finished"},
        Case{"NotRunAgainBesideTheMainContainers", Spec({"i"}, {"a"}), Held().Sandbox("s0").Ended("i", 0).Running("a"),
             "nothing"},
        Case{"ItsRecordIsGoneButMainRuns", Spec({"i"}, {"a"}), Held().Sandbox("s0").Running("a"), "nothing"},
        Case{"LostByTheRuntime", Spec({"i"}, {"a"}), Held().Sandbox("s0").Unknown("i"), "kill i-0"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Sidecar, PlanOf,
    ::testing::Values(
        Case{"RunsSoTheNextMayStart", Spec({"s*", "i"}, {"a"}), Held().Sandbox("s0").Running("s"), "start i1#0"},
        Case{"RunsSoMainMayStart", Spec({"s*"}, {"a"}), Held().Sandbox("s0").Running("s"), "start c0#0"},
        Case{"IsStartedBeforeWhatFollows", Spec({"i", "s*"}, {"a"}), Held().Sandbox("s0").Ended("i", 0), "start i1#0"},
        Case{"EndedWithZeroComesBack", Spec({"s*"}, {"a"}), Held().Sandbox("s0").Ended("s", 0).Running("a"),
             "start i0#1"},
        Case{"EndedComesBackUnderNever", Spec({"s*"}, {"a"}, "Never"), Held().Sandbox("s0").Ended("s", 1).Running("a"),
             "start i0#1"},
        Case{"EndedTwiceWaitsAndMainGoesOn", Spec({"s*"}, {"a", "b"}),
             Held().Sandbox("s0").Ended("s", 1, 1).Running("a"), "start c1#0 | again +1s"},
        Case{"MissingBesideMainIsStarted", Spec({"s*"}, {"a"}), Held().Sandbox("s0").Running("a"), "start i0#0"},
        Case{"EndsWithTheLastMainContainer", Spec({"s*"}, {"a"}, "Never"),
             Held().Sandbox("s0").Running("s").Ended("a", 0), "stop s0 | kill s-0 | finished"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    RestartPolicy, PlanOf,
    ::testing::Values(
        Case{"AlwaysZero", Spec({}, {"a"}), Held().Sandbox("s0").Ended("a", 0), "start c0#1"},
        Case{"AlwaysOne", Spec({}, {"a"}), Held().Sandbox("s0").Ended("a", 1), "start c0#1"},
        Case{"OnFailureZero", Spec({}, {"a"}, "OnFailure"), Held().Sandbox("s0").Ended("a", 0), "stop s0 | finished"},
        Case{"OnFailureOne", Spec({}, {"a"}, "OnFailure"), Held().Sandbox("s0").Ended("a", 1), "start c0#1"},
        Case{"OnFailureKilled", Spec({}, {"a"}, "OnFailure"), Held().Sandbox("s0").Ended("a", 137), "start c0#1"},
        Case{"NeverZero", Spec({}, {"a"}, "Never"), Held().Sandbox("s0").Ended("a", 0), "stop s0 | finished"},
        Case{"NeverOne", Spec({}, {"a"}, "Never"), Held().Sandbox("s0").Ended("a", 1), "stop s0 | finished"},
        Case{"NeverButAnotherRuns", Spec({}, {"a", "b"}, "Never"), Held().Sandbox("s0").Ended("a", 1).Running("b"),
             "nothing"},
        Case{"FinishedAndReleased", Spec({}, {"a"}, "Never"), Held().Sandbox("s0", 0, false).Ended("a", 0),
             "stop s0 | finished"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Backoff, PlanOf,
    ::testing::Values(
        Case{"FirstRestartAtOnce", kOne, Held().Sandbox("s0").Ended("a", 1, 0), "start c0#1"},
        Case{"Second", kOne, Held().Sandbox("s0").Ended("a", 1, 1), "again +1s"},
        Case{"Third", kOne, Held().Sandbox("s0").Ended("a", 1, 2), "again +2s"},
        Case{"Fourth", kOne, Held().Sandbox("s0").Ended("a", 1, 3), "again +4s"},
        Case{"Sixth", kOne, Held().Sandbox("s0").Ended("a", 1, 5), "again +16s"},
        Case{"NeverMoreThanAMinute", kOne, Held().Sandbox("s0").Ended("a", 1, 10), "again +60s"},
        Case{"ManyRestarts", kOne, Held().Sandbox("s0").Ended("a", 1, 4'000'000'000), "again +60s"},
        Case{"ShortlyBefore", kOne, Held().Sandbox("s0").Ended("a", 1, 2), "again +1s", Noon(seconds(1))},
        Case{"JustThen", kOne, Held().Sandbox("s0").Ended("a", 1, 2), "start c0#3", Noon(seconds(2))},
        Case{"ForgottenAfterTenMinutes", kOne, Held().Sandbox("s0").Ended("a", 1, 11, Noon(), std::chrono::minutes(10)),
             "start c0#12"},
        Case{"NotForgottenBefore", kOne, Held().Sandbox("s0").Ended("a", 1, 11, Noon(), seconds(599)), "again +60s"},
        Case{"OneWaitsTheOtherStarts", kTwo, Held().Sandbox("s0").Ended("a", 1, 1), "start c1#0 | again +1s"},
        Case{"TheEarlierOfTwo", kTwo, Held().Sandbox("s0").Ended("a", 1, 2).Ended("b", 1, 1), "again +1s"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Sandbox, PlanOf,
    ::testing::Values(
        Case{"DeadMeansEverythingAgain", Spec({"i"}, {"a"}),
             Held().Sandbox("s0", 0, false).Ended("i", 0).Ended("a", 137), "stop s0 | sandbox 1 | start i0#1"},
        Case{"DeadWithALiveContainer", kOne, Held().Sandbox("s0", 0, false).Running("a"),
             "stop s0 | kill a-0 | sandbox 1 | start c0#1"},
        Case{"WithoutAddressIsNoUse", kOne, Held().Sandbox("s0").WithoutAddress(),
             "stop s0 | sandbox 1 | start c0#0 | rm-sandbox s0"},
        Case{"TheNewerOfTwoIsUsed", kOne, Held().Sandbox("s0").Sandbox("s1", 1).Running("a", 1),
             "stop s0 | rm-sandbox s0"},
        Case{"OldOneKeptWhileItsEndIsTheNewest", Spec({}, {"a", "b"}, "OnFailure"),
             Held().Sandbox("s0", 0, false).Ended("b", 0).Ended("a", 137).Sandbox("s1", 1).Running("a", 1), "stop s0"},
        Case{"OldOneGoesWithItsLastRecord", kOne,
             Held().Sandbox("s0", 0, false).Ended("a", 137).Sandbox("s1", 1).Ended("a", 1, 1).Running("a", 2),
             "stop s0 | rm a-0 | rm-sandbox s0"},
        Case{"InitAgainInTheNewOne", Spec({"i"}, {"a"}),
             Held().Sandbox("s0", 0, false).Ended("i", 0).Ended("a", 137).Sandbox("s1", 1), "stop s0 | start i0#1"},
        Case{"MainAfterInitInTheNewOne", Spec({"i"}, {"a"}),
             Held().Sandbox("s0", 0, false).Ended("i", 0).Ended("a", 137).Sandbox("s1", 1).Ended("i", 0, 1),
             "stop s0 | start c0#1 | rm i-0"},
        Case{"WhatEndedForGoodStaysEnded", Spec({}, {"a", "b"}, "OnFailure"),
             Held().Sandbox("s0", 0, false).Ended("a", 0).Ended("b", 137), "stop s0 | sandbox 1 | start c1#1"},
        Case{"NoNewOneUnderNever", Spec({}, {"a"}, "Never"), Held().Sandbox("s0", 0, false).Ended("a", 137),
             "stop s0 | finished"},
        Case{"LostBeforeAnythingRanUnderNever", Spec({}, {"a"}, "Never"), Held().Sandbox("s0", 0, false),
             "stop s0 | sandbox 1 | start c0#0 | rm-sandbox s0"},
        Case{"NothingThatRunsAlreadyIsStartedOnceMoreUnderNever", Spec({}, {"a", "b"}, "Never"),
             Held().Sandbox("s0", 0, false).Running("a").Running("b"), "stop s0 | kill b-0 a-0"},
        Case{"AnInitContainerThatRanIsNotRepeatedUnderNever", Spec({"i"}, {"a"}, "Never"),
             Held().Sandbox("s0", 0, false).Ended("i", 0).Running("a"), "stop s0 | kill a-0"},
        Case{"InitAgainUnderNeverWhenNothingElseBegan", Spec({"i"}, {"a"}, "Never"),
             Held().Sandbox("s0", 0, false).Ended("i", 0), "stop s0 | sandbox 1 | start i0#1"},
        Case{"LiveContainersAreStoppedWhileTheNewOneHasToWait", Spec({}, {"a"}, "OnFailure"),
             Held().Sandbox("s0", 0, false).Running("a"), "stop s0 | kill a-0 | sandbox 1 | start c0#1"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Leftovers, PlanOf,
    ::testing::Values(Case{"OnlyTheNewestEndIsKept", kOne,
                           Held().Sandbox("s0").Ended("a", 1, 0).Ended("a", 1, 1).Ended("a", 1, 2).Running("a", 3),
                           "rm a-1 a-0"},
                      Case{"TheOneEndBehindARunningOneIsKept", kOne,
                           Held().Sandbox("s0").Ended("a", 1, 0).Running("a", 1), "nothing"}),
    NameOf);

TEST(Plan, HostNetworkNeedsNoAddress) {
  Json spec = Spec({}, {"a"});
  spec["hostNetwork"] = true;
  const Plan plan = PlanAt(PodWith(spec), Held().Sandbox("s0").WithoutAddress().state(), Memory{}, Noon());
  EXPECT_EQ(Line(plan, Noon()), "start c0#0");
  EXPECT_FALSE(plan.Has<MakeSandbox>());
}

TEST(Plan, AContainerThatCouldNotEvenBeStartedWaitsLikeAnyOther) {
  // given: containerd's record of a command that does not exist has no start time
  Held held;
  held.Sandbox("s0").Ended("a", 128, 2);
  held.Last().started_at = WallTime{};
  EXPECT_EQ(Line(PlanAt(PodWith(kOne), held.state(), Memory{}, Noon()), Noon()), "again +2s");
}

TEST(Plan, WhatThisAgentRemembersWinsOverTheRestartCount) {
  Memory memory;
  memory.restarts["a"].Advance(seconds(1));  // one failure, although the count says five
  const Held held = Held().Sandbox("s0").Ended("a", 1, 5);
  EXPECT_EQ(Line(PlanAt(PodWith(kOne), held.state(), memory, Noon()), Noon()), "again +1s");
}

TEST(Plan, ACreationThatFailedWaitsForItsOwnTime) {
  Memory memory;
  memory.retries["a"].not_before = Noon(seconds(3));
  const Held held = Held().Sandbox("s0");
  EXPECT_EQ(Line(PlanAt(PodWith(kTwo), held.state(), memory, Noon()), Noon()), "start c1#0 | again +3s");
  EXPECT_EQ(Line(PlanAt(PodWith(kTwo), held.state(), memory, Noon(seconds(3))), Noon(seconds(3))), "start c0#0 c1#0");
}

TEST(Plan, AContainerThatWaitsForAnImageHasNoTime) {
  Memory memory;
  memory.retries["a"].not_before = WallTime::max();
  EXPECT_EQ(Line(PlanAt(PodWith(kOne), Held().Sandbox("s0").state(), memory, Noon()), Noon()), "nothing");
}

TEST(Plan, ASandboxThatFailedWaitsForItsTime) {
  Memory memory;
  memory.pod_retry = Retry{};
  memory.pod_retry->not_before = Noon(seconds(2));
  EXPECT_EQ(Line(PlanAt(PodWith(kOne), Held().state(), memory, Noon()), Noon()), "again +2s");
  EXPECT_EQ(Line(PlanAt(PodWith(kOne), Held().state(), memory, Noon(seconds(2))), Noon()), "sandbox 0 | start c0#0");
}

TEST(Plan, StoppedSandboxesAreNotStoppedAgain) {
  Memory memory;
  memory.stopped_sandboxes.insert("s0");
  const Held held = Held().Sandbox("s0", 0, false).Ended("a", 0);
  EXPECT_EQ(Line(PlanAt(PodWith(Spec({}, {"a"}, "Never")), held.state(), memory, Noon()), Noon()), "finished");
}

// ---- the order of steps (docs/life-of-a-pod.md)

TEST(Steps, OfAFirstStart) {
  EXPECT_THAT(Order(PlanAt(PodWith(kTwo), Held().state(), Memory{}, Noon())),
              ElementsAre("volumes", "sandbox 0", "start 0 (0)", "start 1 (0)"));
}

TEST(Steps, OfARestart) {
  const Held held = Held().Sandbox("s0").Ended("a", 1, 0).Ended("a", 1, 1).Ended("a", 0, 2);
  EXPECT_THAT(Order(PlanAt(PodWith(kOne), held.state(), Memory{}, Noon(seconds(60)))),
              ElementsAre("volumes", "start 0 (3)", "remove a-1", "remove a-0"));
}

TEST(Steps, WhatRunsInALostSandboxEndsBeforeAnythingIsMade) {
  const Held held = Held().Sandbox("s0", 0, false).Running("a").Created("b");
  EXPECT_THAT(
      Order(PlanAt(PodWith(kTwo), held.state(), Memory{}, Noon())),
      ElementsAre("end a", "stop-sandbox s0", "drop b-0", "volumes", "sandbox 1", "start 0 (1)", "start 1 (0)"));
}

TEST(Steps, OfAPodThatIsOver) {
  Memory memory;
  memory.failed_reason = "DeadlineExceeded";
  EXPECT_THAT(Order(PlanAt(PodWith(kOne), Held().Sandbox("s0").Running("a").state(), memory, Noon())),
              ElementsAre("end a", "stop-sandbox s0"));
}

// ---- activeDeadlineSeconds

api::Pod WithDeadline(Json spec, const std::string& phase = "Running") {
  spec["activeDeadlineSeconds"] = 30;
  Json document = PodDocument(std::move(spec));
  document["status"] = {{"startTime", FormatTime(Noon())}, {"phase", phase}};
  return PodFrom(std::move(document));
}

TEST(Deadline, IsWaitedFor) {
  const Plan plan = PlanAt(WithDeadline(kOne), Held().Sandbox("s0").Running("a").state(), Memory{}, Noon(seconds(29)));
  EXPECT_EQ(Line(plan, Noon(seconds(29))), "again +1s");
  EXPECT_FALSE(plan.deadline_exceeded);
}

TEST(Deadline, EndsWhatRunsAndTheSandbox) {
  const Plan plan =
      PlanAt(WithDeadline(kTwo), Held().Sandbox("s0").Running("a").Ended("b", 1).state(), Memory{}, Noon(seconds(30)));
  EXPECT_EQ(Line(plan, Noon(seconds(30))), "stop s0 | kill a-0 | finished");
  EXPECT_TRUE(plan.deadline_exceeded);
}

TEST(Deadline, CountsOnlyOnceThePodBegan) {
  Json spec = kOne;
  spec["activeDeadlineSeconds"] = 30;
  EXPECT_EQ(Line(PlanAt(PodWith(spec), Held().state(), Memory{}, Noon(seconds(99))), Noon()), "sandbox 0 | start c0#0");
}

TEST(Deadline, DoesNotFailAPodThatFinishedInTime) {
  const Held held = Held().Sandbox("s0", 0, false).Ended("a", 0);
  const api::Pod pod = WithDeadline(Spec({}, {"a"}, "Never"), "Succeeded");
  for (const seconds after : {seconds(5), seconds(30), seconds(3000)}) {
    const Plan plan = PlanAt(pod, held.state(), Memory{}, Noon(after));
    EXPECT_FALSE(plan.deadline_exceeded) << after.count();
    EXPECT_TRUE(plan.finished) << after.count();
    EXPECT_EQ(plan.look_again, std::nullopt) << after.count();
  }
}

TEST(Plan, APodThatFailedAsAWholeStaysSo) {
  Memory memory;
  memory.failed_reason = "DeadlineExceeded";
  EXPECT_EQ(Line(PlanAt(PodWith(kOne), Held().Sandbox("s0").Running("a").state(), memory, Noon()), Noon()),
            "stop s0 | kill a-0 | finished");
}

TEST(Plan, APodThatIsOverNeverRunsAgain) {
  for (const char* phase : {"Succeeded", "Failed"}) {
    // given: the runtime has forgotten everything (the host was set up anew), the store has not
    Json document = PodDocument(Spec({"i"}, {"a"}, "OnFailure"));
    document["status"] = {{"phase", phase}};
    EXPECT_EQ(Line(PlanAt(PodFrom(document), Held().state(), Memory{}, Noon()), Noon()), "finished") << phase;
  }
}

// ---- a changed container

TEST(Plan, AContainerWhoseSpecificationChangedIsKilled) {
  const api::Pod pod = PodWith(kTwo);
  Held held;
  held.Sandbox("s0").Running("a");
  held.Last().annotations[observe::kContainerHash] = ContainerHash(pod.object.body()["spec"]["containers"][0]);
  held.Running("b");
  held.Last().annotations[observe::kContainerHash] = "0ld";
  const Plan plan = PlanAt(pod, held.state(), Memory{}, Noon());
  EXPECT_EQ(Line(plan, Noon()), "kill b-0");
  EXPECT_THAT(All<EndContainers>(plan, [](const EndContainers& step) { return step.containers.front().why; }),
              ElementsAre("its specification changed"));
}

TEST(Plan, AContainerRunsOnWhenItsDocumentGainsADefault) {
  // given: containers that this agent, and one before it, started from documents that know a field less
  const api::Pod pod = PodWith(kTwo);
  Held held;
  held.Sandbox("s0").Running("a");
  held.Last().annotations[observe::kContainerHash] = ContainerHash(pod.object.body()["spec"]["containers"][0]);
  held.Running("b");
  held.Last().annotations[observe::kContainerHash] = DocumentHash(pod.object.body()["spec"]["containers"][1]);
  EXPECT_EQ(Line(PlanAt(pod, held.state(), Memory{}, Noon()), Noon()), "nothing");
  Json document = pod.object.body();
  document["spec"]["containers"][0]["fieldOfTomorrow"] = true;
  EXPECT_EQ(Line(PlanAt(PodFrom(document), held.state(), Memory{}, Noon()), Noon()), "nothing");
  document["spec"]["containers"][0]["image"] = "another";
  EXPECT_EQ(Line(PlanAt(PodFrom(document), held.state(), Memory{}, Noon()), Noon()), "kill a-0");
}

TEST(ContainerHash, IsStableAndTellsDocumentsApart) {
  // The last one is FNV-1a (32 bits) of "{}", worked out elsewhere: an agent of a later build must not see a change.
  EXPECT_EQ(ContainerHash(Json::parse(R"({"name":"a","image":"b"})")),
            ContainerHash(Json::parse(R"({"image":"b","name":"a"})")));
  EXPECT_NE(ContainerHash(Json::parse(R"({"name":"a"})")), ContainerHash(Json::parse(R"({"name":"b"})")));
  EXPECT_EQ(ContainerHash(Json::object()), "5465b825");
}

TEST(Newest, IsTheFirstOfThatNameInThatSandbox) {
  const Held held = Held().Sandbox("s0").Ended("a", 1).Sandbox("s1", 1).Ended("b", 0);
  EXPECT_EQ(Newest(held.state(), "a")->id, "a-0");
  EXPECT_EQ(Newest(held.state(), "a", "s1"), nullptr);
  EXPECT_EQ(Newest(held.state(), "b", "s1")->id, "b-0");
  EXPECT_EQ(Newest(held.state(), "c"), nullptr);
}

}  // namespace
}  // namespace ordinal::podsync

#include "agent/podsync/pod_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/status/document.h"
#include "tests/unit/agent/podsync/pods.h"

namespace ordinal::podsync {
namespace {

using status::DocumentOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// How a recorded pod came to be: what the runtime held and what its worker remembered.
struct History {
  Held held;
  Memory memory;
  StatusFacts facts;
  WallTime now = Noon(seconds(5));
};

struct RecordedCase {
  std::string name;
  History history;
};
void PrintTo(const RecordedCase& c, std::ostream* out) { *out << c.name; }

Json WithoutMessage(Json state) {
  for (auto& [kind, what] : state.items()) {
    for (const char* member : {"message", "startedAt", "finishedAt", "containerID"}) what.erase(member);
  }
  return state;
}

/// Phase and reason, conditions and containers of a status, without times, ids and messages of our own wording.
Json Essence(const Json& status) {
  Json out = {{"phase", status["phase"]}, {"qosClass", status["qosClass"]}, {"conditions", Json::array()}};
  if (status.contains("reason")) out["reason"] = status["reason"];
  for (const Json& condition : status["conditions"]) {
    out["conditions"].push_back({condition["type"], condition["status"], condition.value("reason", "")});
  }
  for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
    if (!status.contains(list)) continue;
    for (Json container : status[list]) {
      container["state"] = WithoutMessage(container["state"]);
      container["lastState"] = WithoutMessage(container["lastState"]);
      for (const char* member : {"imageID", "containerID"}) container[member] = !container.value(member, "").empty();
      out[list].push_back(std::move(container));
    }
  }
  return out;
}

class StatusOf : public ::testing::TestWithParam<RecordedCase> {};

TEST_P(StatusOf, RecordedPod) {
  Json document = Recorded(GetParam().name + ".pod.json");
  const Json recorded = document["status"];
  document.erase("status");
  const History& history = GetParam().history;
  const Json made = DocumentOf(
      MakePodStatus(PodFrom(document), {}, history.held.state(), history.memory, history.facts, history.now));
  EXPECT_EQ(Essence(made), Essence(recorded))
      << "made:     " << Essence(made).dump() << "\nrecorded: " << Essence(recorded).dump();
}

Memory AfterFailures(const std::string& container, int count) {
  Memory memory;
  for (int i = 0; i < count; ++i) memory.restarts[container].Advance(seconds(1));
  return memory;
}

Memory Waits(const std::string& container, const std::string& reason) {
  Memory memory;
  memory.waiting[container] = {reason, "why"};
  memory.retries[container].not_before = WallTime::max();
  return memory;
}

Memory CouldNotStart() {
  Memory memory = AfterFailures("c", 3);
  memory.waiting["c"] = {"RunContainerError", "no such file"};
  memory.retries["c"].not_before = Noon(seconds(1));  // past
  return memory;
}

History BadCommand() {
  History history{Held().Sandbox("s0").Ended("c", 128, 3), CouldNotStart(), {}};
  history.held.Last().reason = "StartError";
  return history;
}

History Deadline() {
  History history{Held().Sandbox("s0", 0, false).Ended("c", 0), {}, {}};
  history.memory.failed_reason = "DeadlineExceeded";
  return history;
}

History OomKilled() {
  History history{Held().Sandbox("s0", 0, false).Ended("c", 137), {}, {}};
  history.held.Last().reason = "OOMKilled";
  return history;
}

INSTANTIATE_TEST_SUITE_P(
    PodStatus, StatusOf,
    ::testing::Values(
        RecordedCase{"crash-loop",
                     {Held().Sandbox("s0").Ended("bad", 7, 2).Ended("bad", 7, 3), AfterFailures("bad", 3), {}}},
        RecordedCase{"never-fails", {Held().Sandbox("s0", 0, false).Ended("bad", 3).Ended("ok", 0), {}, {}}},
        RecordedCase{"never-succeeds", {Held().Sandbox("s0", 0, false).Ended("ok", 0), {}, {}}},
        RecordedCase{"init-fails", {Held().Sandbox("s0").Ended("bad", 1, 3), AfterFailures("bad", 3), {}}},
        RecordedCase{"init-then-run",
                     {Held().Sandbox("s0").Ended("one", 0).Running("side").Ended("two", 0).Running("main"), {}, {}}},
        RecordedCase{"bad-command", BadCommand()},
        RecordedCase{"image-never", {Held().Sandbox("s0"), Waits("c", "ErrImageNeverPull"), {}}},
        RecordedCase{"image-bad-name", {Held().Sandbox("s0"), Waits("c", "InvalidImageName"), {}}},
        RecordedCase{"image-pull-error", {Held().Sandbox("s0"), Waits("c", "ErrImagePull"), {}}},
        RecordedCase{"missing-configmap-env", {Held().Sandbox("s0"), Waits("c", "CreateContainerConfigError"), {}}},
        RecordedCase{"missing-configmap-volume", {Held(), {}, {}}}, RecordedCase{"deadline", Deadline()},
        RecordedCase{"oom-killed", OomKilled()},
        RecordedCase{"security-and-env", {Held().Sandbox("s0").Running("c"), {}, {}}}),
    [](const auto& test) {
      std::string name = test.param.name;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

Json StatusWith(const api::Pod& pod, const Held& held, const Memory& memory = {}, const StatusFacts& facts = {},
                WallTime now = Noon()) {
  return DocumentOf(MakePodStatus(pod, pod.status, held.state(), memory, facts, now));
}

const Json& ConditionOf(const Json& status, const std::string& type) {
  for (const Json& condition : status["conditions"]) {
    if (condition["type"] == type) return condition;
  }
  ADD_FAILURE() << "no condition " << type;
  return status["conditions"][0];
}

TEST(PodStatus, ConditionsComeInTheRecordedOrder) {
  std::vector<std::string> types;
  const Json status = StatusWith(PodWith(Spec({}, {"a"})), Held());
  for (const Json& condition : status["conditions"]) types.push_back(condition["type"]);
  EXPECT_THAT(types,
              ElementsAre("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"));
}

TEST(PodStatus, TimesAndAddressesOfARunningPod) {
  StatusFacts facts;
  facts.host_ips = {"192.0.2.1"};
  const Json status = StatusWith(PodWith(Spec({}, {"a"})), Held().Sandbox("s0").Running("a", 0, Noon(seconds(2))), {},
                                 facts, Noon(seconds(3)));
  EXPECT_EQ(status["startTime"], "2026-11-21T12:00:03Z");
  EXPECT_EQ(status["podIP"], "10.244.0.7");
  EXPECT_EQ(status["podIPs"], Json::parse(R"([{"ip":"10.244.0.7"}])"));
  EXPECT_EQ(status["hostIP"], "192.0.2.1");
  EXPECT_EQ(status["hostIPs"], Json::parse(R"([{"ip":"192.0.2.1"}])"));
  EXPECT_EQ(status["containerStatuses"][0]["state"],
            Json::parse(R"({"running":{"startedAt":"2026-11-21T12:00:02Z"}})"));
  EXPECT_EQ(ConditionOf(status, "Ready")["lastTransitionTime"], "2026-11-21T12:00:03Z");
}

TEST(PodStatus, AConditionKeepsItsTimeUntilItChanges) {
  Json document = PodDocument(Spec({}, {"a"}));
  document["status"] = StatusWith(PodFrom(document), Held().Sandbox("s0").Running("a"));
  const Json later =
      StatusWith(PodFrom(document), Held().Sandbox("s0").Ended("a", 1, 1, Noon(seconds(9))), {}, {}, Noon(seconds(9)));
  EXPECT_EQ(ConditionOf(later, "Initialized")["lastTransitionTime"], "2026-11-21T12:00:00Z");
  EXPECT_EQ(ConditionOf(later, "Ready")["status"], "False");
  EXPECT_EQ(ConditionOf(later, "Ready")["lastTransitionTime"], "2026-11-21T12:00:09Z");
  EXPECT_EQ(later["startTime"], "2026-11-21T12:00:00Z");
}

TEST(PodStatus, AStatusWrittenTwiceIsTheSame) {
  Json document = PodDocument(Spec({"i"}, {"a"}));
  const Held held = Held().Sandbox("s0").Ended("i", 0).Running("a");
  document["status"] = StatusWith(PodFrom(document), held);
  EXPECT_EQ(StatusWith(PodFrom(document), held, {}, {}, Noon(seconds(99))), document["status"]);
}

TEST(PodStatus, PhaseFollowsTheContainers) {
  struct Row {
    std::string name;
    Json spec;
    Held held;
    std::string phase;
  };
  const std::vector<Row> table = {
      {"nothing", Spec({}, {"a"}), Held(), "Pending"},
      {"sandbox", Spec({}, {"a"}), Held().Sandbox("s0"), "Pending"},
      {"created", Spec({}, {"a"}), Held().Sandbox("s0").Created("a"), "Pending"},
      {"one of two", Spec({}, {"a", "b"}), Held().Sandbox("s0").Running("a"), "Pending"},
      {"both", Spec({}, {"a", "b"}), Held().Sandbox("s0").Running("a").Running("b"), "Running"},
      {"one ended", Spec({}, {"a", "b"}, "Never"), Held().Sandbox("s0").Ended("a", 1).Running("b"), "Running"},
      {"crashed", Spec({}, {"a"}), Held().Sandbox("s0").Ended("a", 1), "Running"},
      {"init runs", Spec({"i"}, {"a"}), Held().Sandbox("s0").Running("i"), "Pending"},
      {"init failed for good", Spec({"i"}, {"a"}, "Never"), Held().Sandbox("s0").Ended("i", 1), "Failed"},
      {"all well", Spec({}, {"a", "b"}, "OnFailure"), Held().Sandbox("s0").Ended("a", 0).Ended("b", 0), "Succeeded"},
      {"one badly", Spec({}, {"a", "b"}, "Never"), Held().Sandbox("s0").Ended("a", 0).Ended("b", 9), "Failed"},
  };
  for (const Row& row : table) EXPECT_EQ(StatusWith(PodWith(row.spec), row.held)["phase"], row.phase) << row.name;
}

TEST(PodStatus, ARunningPodThatGetsANewSandboxStaysRunning) {
  Json document = PodDocument(Spec({}, {"a"}));
  document["status"]["phase"] = "Running";
  StatusFacts facts;
  facts.sandbox_expected = true;
  const Json status = StatusWith(PodFrom(document), Held().Sandbox("s0", 0, false), {}, facts);
  EXPECT_EQ(status["phase"], "Running");
  EXPECT_EQ(ConditionOf(status, "PodReadyToStartContainers")["status"], "False");
  EXPECT_FALSE(status.contains("podIP"));
}

TEST(PodStatus, WhatIsOverStaysAsItWasWrittenWhenTheRuntimeForgets) {
  Json document = PodDocument(Spec({"i"}, {"a"}, "Never"));
  document["status"] = StatusWith(PodFrom(document), Held().Sandbox("s0").Ended("i", 0).Ended("a", 3));
  document["status"]["podIP"] = "10.244.0.7";
  document["status"]["podIPs"] = Json::parse(R"([{"ip":"10.244.0.7"}])");
  ASSERT_EQ(document["status"]["phase"], "Failed");
  const Json again = StatusWith(PodFrom(document), Held(), {}, {}, Noon(seconds(60)));
  EXPECT_EQ(again["phase"], "Failed");
  EXPECT_EQ(again["containerStatuses"], document["status"]["containerStatuses"]);
  EXPECT_EQ(again["initContainerStatuses"], document["status"]["initContainerStatuses"]);
  EXPECT_EQ(again["podIP"], "10.244.0.7");
}

TEST(PodStatus, AFailureAsAWholeOutlivesTheAgentThatSawIt) {
  Json document = PodDocument(Spec({}, {"a"}));
  Memory memory;
  memory.failed_reason = "DeadlineExceeded";
  memory.failed_message = "too long";
  const Held held = Held().Sandbox("s0", 0, false).Ended("a", 137);
  document["status"] = StatusWith(PodFrom(document), held, memory);
  const Json again = StatusWith(PodFrom(document), held);  // another agent, which remembers nothing
  EXPECT_EQ(again["phase"], "Failed");
  EXPECT_EQ(again["reason"], "DeadlineExceeded");
  EXPECT_EQ(again["message"], "too long");
}

TEST(PodStatus, TerminationMessagesAreShown) {
  StatusFacts facts;
  facts.termination_messages["a-0"] = "last words\n";
  const Json status = StatusWith(PodWith(Spec({}, {"a"}, "Never")), Held().Sandbox("s0").Ended("a", 3), {}, facts);
  EXPECT_EQ(status["containerStatuses"][0]["state"]["terminated"]["message"], "last words\n");
}

TEST(PodStatus, TheEndBeforeARunningContainerIsItsLastState) {
  const Json status = StatusWith(PodWith(Spec({}, {"a"})), Held().Sandbox("s0").Ended("a", 7).Running("a", 1));
  const Json& container = status["containerStatuses"][0];
  EXPECT_EQ(container["restartCount"], 1);
  EXPECT_EQ(container["lastState"]["terminated"]["exitCode"], 7);
  EXPECT_EQ(container["ready"], true);
}

TEST(PodStatus, TheEndBeforeStaysWhenItsRecordIsRemoved) {
  Json document = PodDocument(Spec({}, {"a"}, "OnFailure"));
  document["status"] = StatusWith(PodFrom(document), Held().Sandbox("s0").Ended("a", 7).Ended("a", 0, 1));
  ASSERT_EQ(document["status"]["containerStatuses"][0]["lastState"]["terminated"]["exitCode"], 7);
  const Json again = StatusWith(PodFrom(document), Held().Sandbox("s0").Ended("a", 0, 1));
  EXPECT_EQ(again["containerStatuses"], document["status"]["containerStatuses"]);
  const Json next = StatusWith(PodFrom(document), Held().Sandbox("s0").Ended("a", 0, 2));
  EXPECT_EQ(next["containerStatuses"][0]["lastState"], Json::object()) << "that of another container is not its own";
}

TEST(PodStatus, TheLastStateOfOneThatWaitedToBeStartedAgainIsNotItsOwnEnd) {
  Json document = PodDocument(Spec({}, {"a"}));
  Memory memory;
  memory.waiting["a"] = {"CrashLoopBackOff", "back-off"};
  document["status"] = StatusWith(PodFrom(document), Held().Sandbox("s0").Ended("a", 7), memory);
  ASSERT_EQ(document["status"]["containerStatuses"][0]["lastState"]["terminated"]["exitCode"], 7);
  document["metadata"]["deletionTimestamp"] = "2026-11-21T12:00:30Z";
  const Json last = StatusWith(PodFrom(document), Held().Sandbox("s0").Ended("a", 7));
  EXPECT_EQ(last["containerStatuses"][0]["state"]["terminated"]["exitCode"], 7);
  EXPECT_EQ(last["containerStatuses"][0]["lastState"], Json::object());
}

TEST(PodStatus, ASidecarThatEndedIsNotReady) {
  Json spec = Spec({"i", "side"}, {"a"}, "Never");
  spec["initContainers"][1]["restartPolicy"] = "Always";
  const Json status = StatusWith(PodWith(spec), Held().Sandbox("s0").Ended("i", 0).Ended("side", 0).Ended("a", 0));
  EXPECT_EQ(status["phase"], "Succeeded");
  EXPECT_EQ(status["initContainerStatuses"][0]["ready"], true);
  EXPECT_EQ(status["initContainerStatuses"][1]["ready"], false);
}

TEST(PodStatus, ThatItCouldNotBeStartedIsShownUntilItsRetry) {
  const api::Pod pod = PodFrom(Recorded("bad-command.pod.json"));
  History history = BadCommand();
  history.memory.retries["c"].not_before = Noon(seconds(9));
  const auto reason = [&](seconds after) -> std::string {
    return StatusWith(pod, history.held, history.memory, {},
                      Noon(after))["containerStatuses"][0]["state"]["waiting"]["reason"];
  };
  EXPECT_EQ(reason(seconds(8)), "RunContainerError");
  EXPECT_EQ(reason(seconds(9)), "CrashLoopBackOff");
}

TEST(PodStatus, PodScheduledKeepsItsTimeAndIsTrueOfAPodThatIsHere) {
  Json document = PodDocument(Spec({}, {"a"}));
  document["status"]["conditions"] =
      Json::parse(R"([{"type":"PodScheduled","status":"True","lastTransitionTime":"2020-01-01T00:00:00Z"}])");
  const Json kept = StatusWith(PodFrom(document), Held());
  EXPECT_EQ(ConditionOf(kept, "PodScheduled")["lastTransitionTime"], "2020-01-01T00:00:00Z");
  document["status"]["conditions"][0]["status"] = "False";
  const Json made_true = StatusWith(PodFrom(document), Held());
  EXPECT_EQ(ConditionOf(made_true, "PodScheduled")["status"], "True");
  EXPECT_EQ(ConditionOf(made_true, "PodScheduled")["lastTransitionTime"], FormatTime(Noon()));
}

// What the store shows may be older than what was reported last, or somebody else's.
TEST(PodStatus, TimesComeFromWhatWasReportedNotFromWhatIsStored) {
  const Held held = Held().Sandbox("s0").Running("a");
  Json document = PodDocument(Spec({}, {"a"}));
  const api::PodStatus reported = api::ReadPodStatus(StatusWith(PodFrom(document), held));
  for (const char* stored : {"True", "False"}) {
    document["status"] = {{"phase", "Pending"}, {"conditions", Json::array()}};
    for (const char* type : {"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"}) {
      document["status"]["conditions"].push_back(
          {{"type", type}, {"status", stored}, {"lastTransitionTime", "2001-01-01T00:00:00Z"}});
    }
    const Json again = DocumentOf(MakePodStatus(PodFrom(document), reported, held.state(), {}, {}, Noon(seconds(60))));
    ASSERT_EQ(again["conditions"].size(), 5U);
    for (const Json& condition : again["conditions"]) {
      EXPECT_EQ(condition["lastTransitionTime"], FormatTime(Noon())) << condition << " while stored as " << stored;
    }
  }
}

TEST(PodStatus, MessagesOfAllContainersShareALimit) {
  StatusFacts facts;
  std::vector<std::string> names;
  Held held;
  held.Sandbox("s0");
  for (int i = 0; i < 6; ++i) {
    names.push_back(fmt::format("c{}", i));
    held.Ended(names.back(), 3);
    facts.termination_messages[names.back() + "-0"] = std::string(4095, 'x') + "\xE2\x82\xAC";
  }
  const Json status = StatusWith(PodWith(Spec({}, names, "Never")), held, {}, facts);
  ASSERT_EQ(status["containerStatuses"].size(), 6U);
  for (const Json& container : status["containerStatuses"]) {
    EXPECT_EQ(container["state"]["terminated"]["message"].get<std::string>().size(), 12U * 1024 / 6);
  }
}

TEST(PodStatus, WhatTheRuntimeSaysIsMadeValid) {
  Held held;
  held.Sandbox("s0").Ended("a", 128);
  held.Last().reason = "Start\xFF";
  held.Last().message = "exec \xC3";
  Memory memory;
  memory.waiting["b"] = {"RunContainerError\xFE", "no \x80"};
  const Json status = StatusWith(PodWith(Spec({}, {"a", "b"}, "Never")), held, memory);
  const Json& ended = status["containerStatuses"][0]["state"]["terminated"];
  EXPECT_EQ(ended["reason"], "Start\xEF\xBF\xBD");
  EXPECT_EQ(ended["message"], "exec \xEF\xBF\xBD");
  EXPECT_EQ(status["containerStatuses"][1]["state"]["waiting"],
            Json({{"reason", "RunContainerError\xEF\xBF\xBD"}, {"message", "no \xEF\xBF\xBD"}}));
}

TEST(PodStatus, HowLongARestartIsWaitedForIsSaidInTheKubeletsWords) {
  Json document = PodDocument(Spec({}, {"a"}));
  const std::string name = fmt::format("kubia-0_default({})", kUid);
  const auto message = [&](uint32_t restarts) {
    return StatusWith(PodFrom(document),
                      Held().Sandbox("s0").Ended("a", 137, restarts))["containerStatuses"][0]["state"]["waiting"];
  };
  EXPECT_EQ(message(1)["reason"], "CrashLoopBackOff");
  EXPECT_EQ(message(1)["message"], "back-off 1s restarting failed container=a pod=" + name);
  EXPECT_EQ(message(6)["message"], "back-off 32s restarting failed container=a pod=" + name);
  EXPECT_EQ(message(30)["message"], "back-off 1m0s restarting failed container=a pod=" + name);
}

TEST(PodStatus, OnTheHostsNetworkTheAddressIsTheHosts) {
  Json spec = Spec({}, {"a"});
  spec["hostNetwork"] = true;
  StatusFacts facts;
  facts.host_ips = {"192.0.2.1"};
  EXPECT_EQ(StatusWith(PodWith(spec), Held().Sandbox("s0").WithoutAddress().Running("a"), {}, facts)["podIP"],
            "192.0.2.1");
}

TEST(PodStatus, ADeletedPodsContainersDoNotComeBack) {
  Json document = PodDocument(Spec({}, {"a"}));
  document["metadata"]["deletionTimestamp"] = FormatTime(Noon());
  const Json status = StatusWith(PodFrom(document), Held().Sandbox("s0").Ended("a", 143));
  EXPECT_EQ(status["containerStatuses"][0]["state"]["terminated"]["exitCode"], 143);
}

}  // namespace
}  // namespace ordinal::podsync

// The agent is killed and comes back: at every step, and in a random run of faults.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

#include "agent/podsync/files.h"
#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using std::chrono::milliseconds;
using ::testing::IsEmpty;

TEST(AgentRestart, LeavesWhatRunsUntouched) {
  Host host;
  host.StartAgent();
  host.Apply(Spec({"side*"}, {"main"}));
  host.Settle();
  ASSERT_EQ(host.Running(), "main#0 side#0");
  const Json before = host.StatusOf();
  host.KillAgent();
  host.Pass(seconds(30), seconds(1));
  host.runtime.ClearCalls();
  host.StartAgent();
  host.Pass(seconds(120), seconds(1));
  EXPECT_THAT(host.runtime.calls(), IsEmpty());
  EXPECT_EQ(host.StatusOf(), before);  // not even a condition flipped
}

TEST(AgentRestart, WhatEndedMeanwhileIsRestarted) {
  Host host;
  host.StartAgent();
  host.Apply(Spec({}, {"main"}));
  host.Settle();
  host.KillAgent();
  host.runtime.ExitContainer(host.runtime.Find("kubia-0", "main")->id, 1);
  host.StartAgent();
  host.Settle();
  EXPECT_EQ(host.Running(), "main#1");
}

/// The container and the agent died together, the agent while it was starting the next one: the runtime gave that start
/// up with the agent's connection. It is no crash, and nothing is waited for.
TEST(AgentRestart, AStartThatWasCutOffIsMadeAgainAtOnce) {
  Host host;
  host.StartAgent();
  host.Apply(Spec({}, {"main"}));
  host.Settle();
  host.runtime.Script("main", {.refuses_to_start = true, .refusal = "create containerd task: context canceled"});
  host.verdict = [](const std::string& call) { return call == "StartContainer" ? Verdict::kDieAfter : Verdict::kPass; };
  host.runtime.ExitContainer(host.runtime.Find("kubia-0", "main")->id, 137);
  host.Settle();
  ASSERT_TRUE(host.AgentDied());
  ASSERT_EQ(host.runtime.Find("kubia-0", "main")->reason, "StartError");
  host.verdict = [](const std::string&) { return Verdict::kPass; };
  host.runtime.Script("main", {});
  host.StartAgent();
  host.Settle();
  EXPECT_EQ(host.Running(), "main#2");
  // It counts as the one restart it was: the next end is followed by the first pause, no longer one.
  host.runtime.ExitContainer(host.runtime.Find("kubia-0", "main")->id, 1);
  host.Pass(kRestartBackoff.initial + seconds(1));
  EXPECT_EQ(host.Running(), "main#3");
}

/// A start that failed by itself is a crash as any other.
TEST(AgentRestart, AStartThatFailedIsNotMadeAgainAtOnce) {
  Host host;
  host.runtime.Script("main", {.refuses_to_start = true});
  host.StartAgent();
  host.Apply(Spec({}, {"main"}));
  host.Settle();
  const size_t starts = host.Count("StartContainer");
  host.KillAgent();
  host.StartAgent();
  host.Settle();
  EXPECT_LE(host.Count("StartContainer"), starts + 1);
}

/// The runtime is still giving up what the killed agent was making, and holds its name for a moment.
TEST(AgentRestart, ANameThatIsStillHeldIsWaitedForWithoutAWord) {
  Host host;
  host.StartAgent();
  host.Apply(Spec({}, {"main"}));
  host.Settle();
  host.KillAgent();
  host.runtime.ExitContainer(host.runtime.Find("kubia-0", "main")->id, 137);
  const Error held =
      MakeError(ErrorCode::kAlreadyExists, "name \"main_kubia-0\" is reserved for \"1a2b\"", "CreateContainerError");
  host.runtime.FailNext(fakes::FakeRuntime::Call::kCreateContainer, held, 4);
  host.events.clear();
  host.StartAgent();
  host.Pass(milliseconds(300), milliseconds(50));
  EXPECT_EQ(host.Running(), "main#1");
  for (const std::string& event : host.events) EXPECT_FALSE(event.starts_with("Warning")) << event;
}

/// One that never comes free is said after a while, and tried at longer and longer intervals.
TEST(AgentRestart, ANameThatIsHeldForEverIsSaid) {
  Host host;
  const Error held =
      MakeError(ErrorCode::kAlreadyExists, "name \"main_kubia-0\" is reserved for \"1a2b\"", "CreateContainerError");
  host.runtime.FailNext(fakes::FakeRuntime::Call::kCreateContainer, held, 100000);
  host.StartAgent();
  host.Apply(Spec({}, {"main"}));
  host.Pass(seconds(20), milliseconds(50));
  EXPECT_EQ(host.Waiting(), "CreateContainerError");
  const size_t tries = host.Count("CreateContainer");
  host.Pass(seconds(60), seconds(1));
  EXPECT_LT(host.Count("CreateContainer"), tries + 20);
}

TEST(AgentRestart, WhatWasDeletedMeanwhileIsEnded) {
  Host host;
  host.StartAgent();
  host.Apply(Spec({}, {"main"}));
  host.Settle();
  host.KillAgent();
  host.Delete(0);
  host.StartAgent();
  host.Pass(seconds(31), seconds(1));
  EXPECT_THAT(host.runtime.sandboxes(), IsEmpty());
}

/// Kills the agent at the `step`-th call that changes something. False when there are not that many.
bool StartsOnceWhenKilledAt(int step, Verdict how) {
  Host host;
  host.runtime.Script("init", {.exits_with = 0});
  int calls = 0;
  host.verdict = [&](const std::string&) { return calls++ == step ? how : Verdict::kPass; };
  host.StartAgent();
  host.Apply(Spec({"init"}, {"main", "second"}));
  host.Pass(seconds(1));
  const bool died = host.AgentDied();
  std::map<std::string, std::string> alive;  // what ran when the agent came back, by name
  for (const auto& [id, container] : host.runtime.containers()) {
    if (container.state == cri::ContainerState::kRunning) alive[container.name] = id;
  }
  if (died) host.StartAgent();
  host.Pass(seconds(60), seconds(1));
  EXPECT_EQ(host.Running(), "main#0 second#0");
  for (const auto& [name, id] : alive) {
    EXPECT_EQ(host.runtime.Find("kubia-0", name)->id, id) << name << " was restarted";
  }
  EXPECT_EQ(host.runtime.sandboxes().size(), 1U);
  EXPECT_EQ(host.runtime.containers().size(), 3U);
  EXPECT_EQ(host.Phase(), "Running");
  return died;
}

TEST(AgentRestart, AtEveryStepOfAStartEverythingRunsOnce) {
  for (const Verdict how : {Verdict::kDieBefore, Verdict::kDieAfter}) {
    int step = 0;
    while (!::testing::Test::HasFailure()) {
      SCOPED_TRACE(fmt::format("killed {} call {}", how == Verdict::kDieBefore ? "before" : "after", step));
      if (!StartsOnceWhenKilledAt(step, how)) break;
      ++step;
    }
    EXPECT_GE(step, 7);  // a sandbox, and three containers made and started
  }
}

/// It was killed after the sandbox was removed, and the pod's object was gone by then: the directory says whose the
/// rest is.
TEST(AgentRestart, WhatAFormerPodLeftOnTheHostIsFoundByItsUid) {
  Host host;
  const std::string uid = "99999999-2222-4333-8444-555555555555";
  const std::string cgroup = host.directory / ("cgroup/pids/kubepods/besteffort/pod" + uid);
  const std::string logs = host.directory / ("logs/default_gone_" + uid);
  const std::string others = host.directory / "cgroup/pids/kubepods/besteffort/podother";
  host.pod_volumes.Leave(uid);
  for (const std::string& path : {cgroup + "/container", logs + "/main", others}) {
    std::filesystem::create_directories(path);
  }
  const std::string link = host.directory / "links/gone_default_main-1.log";
  ASSERT_TRUE(Link(logs + "/main/0.log", link).ok());
  host.StartAgent();
  host.Settle();
  EXPECT_FALSE(std::filesystem::exists(cgroup));
  EXPECT_FALSE(std::filesystem::exists(logs));
  EXPECT_FALSE(std::filesystem::is_symlink(link));
  EXPECT_THAT(host.pod_volumes.ready(), IsEmpty());
  EXPECT_TRUE(std::filesystem::exists(others));
}

/// The runtime is still taking a process out of it. The pod's directory goes after it: a kill in between forgets
/// nothing.
TEST(AgentRestart, ACgroupThatIsStillUsedIsTriedAgain) {
  Host host;
  host.StartAgent();
  host.Apply(Spec({}, {"main"}));
  host.Settle();
  const std::string uid = host.Object().uid();
  const std::string used = host.directory / ("cgroup/pids/kubepods/besteffort/pod" + uid + "/container/tasks");
  fakes::WriteFile(used, "1");
  host.Delete(0);
  host.Pass(seconds(2));
  EXPECT_TRUE(std::filesystem::exists(used));
  EXPECT_THAT(host.pod_volumes.ready(), ::testing::ElementsAre(uid));
  std::filesystem::remove(used);
  host.Pass(seconds(1));
  EXPECT_FALSE(std::filesystem::exists(host.directory / ("cgroup/pids/kubepods/besteffort/pod" + uid)));
  EXPECT_THAT(host.pod_volumes.ready(), IsEmpty());
}

/// Before anything of the pod's own runs; and what an earlier agent started is given the limit of this one.
TEST(AgentRestart, ThePodsProcessesAreLimited) {
  Host host;
  host.Apply(Spec({}, {"main"}));
  const std::string limit =
      host.directory / ("cgroup/pids/kubepods/besteffort/pod" + host.Object().uid() + "/pids.max");
  bool limited = false;
  host.verdict = [&](const std::string& call) {
    if (call == "RunSandbox") fakes::WriteFile(limit, "max");  // the runtime makes it
    if (call == "StartContainer") limited = fakes::ReadFile(limit).starts_with("64");
    return Verdict::kPass;
  };
  host.StartAgent();
  host.Settle();
  EXPECT_EQ(host.Running(), "main#0");
  EXPECT_TRUE(limited);
  host.KillAgent();
  fakes::WriteFile(limit, "99");
  host.StartAgent();
  host.Settle();
  EXPECT_EQ(fakes::ReadFile(limit), "64");
}

/// Kills the agent at the `step`-th call of ending a pod. False when there are not that many.
bool EndsWhenKilledAt(int step, Verdict how) {
  Host host;
  host.StartAgent();
  host.Apply(Spec({"side*"}, {"main"}));
  host.Settle();
  int calls = 0;
  host.verdict = [&](const std::string&) { return calls++ == step ? how : Verdict::kPass; };
  host.Delete();
  host.Pass(seconds(1));
  const bool died = host.AgentDied();
  if (died) host.StartAgent();
  host.Pass(seconds(40), seconds(1));
  EXPECT_THAT(host.runtime.sandboxes(), IsEmpty());
  EXPECT_THAT(host.pod_volumes.ready(), IsEmpty());
  EXPECT_TRUE(host.Object().empty());
  return died;
}

TEST(AgentRestart, AtEveryStepOfAnEndEverythingIsGone) {
  for (const Verdict how : {Verdict::kDieBefore, Verdict::kDieAfter}) {
    int step = 0;
    while (!::testing::Test::HasFailure()) {
      SCOPED_TRACE(fmt::format("killed {} call {}", how == Verdict::kDieBefore ? "before" : "after", step));
      if (!EndsWhenKilledAt(step, how)) break;
      ++step;
    }
    EXPECT_GE(step, 4);  // two containers, the sandbox stopped and removed
  }
}

/// An answer that never came: the call had its effect, the agent does not know.
TEST(LostAnswer, AtEveryStepOfAStartNothingRunsTwice) {
  for (int step = 0; step < 5 && !::testing::Test::HasFailure(); ++step) {
    SCOPED_TRACE(step);
    Host host;
    int calls = 0;
    host.verdict = [&](const std::string&) { return calls++ == step ? Verdict::kLoseAnswer : Verdict::kPass; };
    host.StartAgent();
    host.Apply(Spec({}, {"main", "second"}));
    host.Pass(seconds(60), seconds(1));
    EXPECT_GT(calls, step) << "no answer was lost";
    EXPECT_EQ(host.Running(), "main#0 second#0");
    EXPECT_EQ(host.runtime.sandboxes().size(), 1U);
  }
}

// ---- a random run

/// One step of a run: somebody or something interferes.
class RandomRun {
 public:
  explicit RandomRun(uint64_t seed) : random_(seed) {
    host_.verdict = [this](const std::string&) { return Judge(); };
    host_.runtime.Script("main", {.stop_takes = seconds(1)});
    host_.StartAgent();
  }

  void Interfere() {
    switch (random_.Next() % 9) {
      case 0: ApplyOrDelete("kubia-0"); break;
      case 1: ApplyOrDelete("kubia-1"); break;
      case 2: Restart(); break;
      case 3: EndSomeContainer(); break;
      case 4: EndSomeSandbox(); break;
      case 5: host_.runtime.SetReachable(random_.Next() % 3 != 0); break;
      default: break;
    }
    if (host_.AgentDied()) host_.StartAgent();
    host_.Pass(milliseconds(random_.Next() % 4000), milliseconds(500));
    host_.CheckInvariants();
  }

  /// When the faults stop, what is wanted runs and nothing else is left.
  void ExpectConvergence() {
    calm_ = true;
    host_.runtime.SetReachable(true);
    if (host_.AgentDied()) host_.StartAgent();
    host_.Pass(seconds(700), seconds(2));
    size_t wanted = 0;
    for (const std::string name : {"kubia-0", "kubia-1"}) {
      if (host_.Object(name).empty()) {
        EXPECT_EQ(host_.Running(name), "") << name;
        continue;
      }
      ++wanted;
      EXPECT_THAT(host_.Running(name), ::testing::MatchesRegex("main#[0-9]+ second#[0-9]+")) << name;
      EXPECT_EQ(host_.Phase(name), "Running") << name;
    }
    size_t ready = 0;
    for (const auto& [id, sandbox] : host_.runtime.sandboxes()) {
      ready += sandbox.state == cri::SandboxState::kReady ? 1 : 0;
      EXPECT_EQ(host_.Object(sandbox.name).uid(), sandbox.labels.at(observe::kPodUidLabel))
          << "left over: " << sandbox.name;
    }
    EXPECT_EQ(ready, wanted);
    EXPECT_EQ(host_.pod_volumes.ready().size(), wanted);
    EXPECT_EQ(host_.workers(), wanted);
  }

 private:
  Verdict Judge() {
    if (calm_) return Verdict::kPass;
    switch (random_.Next() % 20) {
      case 0: return Verdict::kFail;
      case 1: return Verdict::kLoseAnswer;
      case 2: return random_.Next() % 4 == 0 ? Verdict::kDieBefore : Verdict::kPass;
      case 3: return random_.Next() % 4 == 0 ? Verdict::kDieAfter : Verdict::kPass;
      default: return Verdict::kPass;
    }
  }

  void ApplyOrDelete(const std::string& name) {
    const api::Object object = host_.Object(name);
    if (object.empty()) {
      host_.Apply(Spec({}, {"main", "second"}), name);
    } else {
      host_.Delete(random_.Next() % 3 == 0 ? std::optional<int64_t>(0) : std::nullopt, name);
    }
  }

  void Restart() {
    host_.KillAgent();
    host_.StartAgent();
  }

  void EndSomeContainer() {
    std::vector<std::string> running;
    for (const auto& [id, container] : host_.runtime.containers()) {
      if (container.state == cri::ContainerState::kRunning) running.push_back(id);
    }
    if (!running.empty()) host_.runtime.ExitContainer(running[random_.Next() % running.size()], 1);
  }

  void EndSomeSandbox() {
    const auto& sandboxes = host_.runtime.sandboxes();
    if (sandboxes.empty()) return;
    const std::string id = std::next(sandboxes.begin(), static_cast<long>(random_.Next() % sandboxes.size()))->first;
    host_.runtime.ExitSandbox(id);
  }

  SeededRandom random_;
  Host host_;
  bool calm_ = false;
};

TEST(RandomFaults, NothingEverRunsTwiceAndAllComesToRest) {
  // ORDINAL_SEED repeats one run; the seeds of a normal run are fixed so that its result is.
  const char* given = std::getenv("ORDINAL_SEED");
  const uint64_t first = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  const uint64_t count = given != nullptr ? 1 : 12;
  for (uint64_t seed = first; seed < first + count && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("repeat with ORDINAL_SEED={}", seed));
    RandomRun run(seed);
    for (int i = 0; i < 60 && !::testing::Test::HasFailure(); ++i) run.Interfere();
    run.ExpectConvergence();
  }
}

}  // namespace
}  // namespace ordinal::podsync

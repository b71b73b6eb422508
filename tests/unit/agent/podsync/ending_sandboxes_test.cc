#include "agent/podsync/ending_sandboxes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"
#include "tests/unit/agent/podsync/gate.h"

namespace ordinal::podsync {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class EndingSandboxesTest : public ::testing::Test {
 protected:
  EndingSandboxesTest() {
    cri::SandboxConfig config;
    config.name = "kubia-0";
    id = RunTask(io, runtime.RunSandbox(config)).value();
  }

  /// Another agent on the same host and disk.
  std::unique_ptr<EndingSandboxes> Agent() {
    return std::make_unique<EndingSandboxes>(std::make_unique<Gate>(
                                                 runtime, [this](const std::string&) { return verdict; }, [] {}),
                                             pool, scratch / "ending",
                                             [this](const std::set<std::string>& ids) -> Status {
                                               if (refuse)
                                                 return MakeError(ErrorCode::kInternal, "the firewall is locked");
                                               swept.insert(swept.end(), ids.begin(), ids.end());
                                               return {};
                                             });
  }
  bool Noted() const { return fs::exists(scratch / ("ending/" + id)); }
  bool Stopped(EndingSandboxes& agent) { return RunTask(io, agent.StopSandbox(id)).ok(); }

  asio::io_context io;
  fakes::FakeClock clock{io};
  fakes::FakeRuntime runtime{clock, io.get_executor()};
  BlockingPool pool{1};
  fakes::ScratchDirectory scratch;
  std::string id;
  std::vector<std::string> swept;
  Verdict verdict = Verdict::kPass;
  bool refuse = false;
};

TEST_F(EndingSandboxesTest, AStopThatGoesThroughLeavesNoNoteAndSweepsNothing) {
  EXPECT_TRUE(Stopped(*Agent()));
  EXPECT_FALSE(Noted());
  EXPECT_THAT(swept, IsEmpty());
}

TEST_F(EndingSandboxesTest, AStopAfterOneThatFailedSweeps) {
  const auto agent = Agent();
  verdict = Verdict::kFail;
  EXPECT_FALSE(Stopped(*agent));
  EXPECT_TRUE(Noted());
  EXPECT_THAT(swept, IsEmpty());
  verdict = Verdict::kPass;
  EXPECT_TRUE(Stopped(*agent));
  EXPECT_THAT(swept, ElementsAre(id));
  EXPECT_FALSE(Noted());
}

TEST_F(EndingSandboxesTest, TheNextAgentSweepsWhatOneWasKilledIn) {
  const auto killed = Agent();
  verdict = Verdict::kDieAfter;
  Spawn(io.get_executor(), "stop", [](EndingSandboxes& agent, std::string sandbox) -> Task<void> {
    const Status never = co_await agent.StopSandbox(std::move(sandbox));
  }(*killed, id));
  ASSERT_TRUE(RunUntil(io, [this] { return runtime.sandboxes().at(id).state == cri::SandboxState::kNotReady; }));
  RunReady(io);
  ASSERT_TRUE(Noted());
  verdict = Verdict::kPass;
  const auto next = Agent();
  // As long as the runtime has it, it is for its worker to stop.
  ASSERT_TRUE(RunTask(io, next->SweepGone()).ok());
  EXPECT_THAT(swept, IsEmpty());
  EXPECT_TRUE(Stopped(*next));
  EXPECT_THAT(swept, ElementsAre(id));
  EXPECT_FALSE(Noted());
}

TEST_F(EndingSandboxesTest, OneThatIsGoneIsSweptFromItsNoteAlone) {
  verdict = Verdict::kFail;
  EXPECT_FALSE(Stopped(*Agent()));
  verdict = Verdict::kPass;
  ASSERT_TRUE(RunTask(io, runtime.RemoveSandbox(id)).ok());
  ASSERT_TRUE(RunTask(io, Agent()->SweepGone()).ok());
  EXPECT_THAT(swept, ElementsAre(id));
  EXPECT_FALSE(Noted());
}

TEST_F(EndingSandboxesTest, WhenTheRuntimeCannotBeListedNothingIsSwept) {
  verdict = Verdict::kFail;
  EXPECT_FALSE(Stopped(*Agent()));
  runtime.FailNext(fakes::FakeRuntime::Call::kListSandboxes, MakeError(ErrorCode::kUnavailable, "away"));
  EXPECT_FALSE(RunTask(io, Agent()->SweepGone()).ok());
  EXPECT_THAT(swept, IsEmpty());
  EXPECT_TRUE(Noted());
}

TEST_F(EndingSandboxesTest, ASweepThatFailsKeepsTheNoteAndNotThePod) {
  verdict = Verdict::kFail;
  EXPECT_FALSE(Stopped(*Agent()));
  verdict = Verdict::kPass;
  refuse = true;
  EXPECT_TRUE(Stopped(*Agent()));
  EXPECT_TRUE(Noted());
}

TEST_F(EndingSandboxesTest, ADiskThatTakesNoNoteKeepsNoPodAlive) {
  fakes::WriteFile(scratch / "ending", "a file where the directory should be");
  EXPECT_TRUE(Stopped(*Agent()));
}

}  // namespace
}  // namespace ordinal::podsync

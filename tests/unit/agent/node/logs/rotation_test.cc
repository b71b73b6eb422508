// The rotation as it runs: when it looks, what the runtime is asked, what becomes of failures and of what a kill left.
#include "agent/node/logs/rotation.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "agent/base/fd.h"
#include "agent/base/writers.h"
#include "agent/node/logs/log_files.h"
#include "agent/observe/runtime_view.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"
#include "tests/unit/agent/node/logs/gzip_text.h"

namespace ordinal::node {
namespace {

namespace fs = std::filesystem;
using fakes::FakeRuntime;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kUid[] = "uid-1";

class LogRotationTest : public testing::Test {
 protected:
  LogRotationTest() {
    runtime_.AddImage("a:1");
    Spawn(io_.get_executor(), "view", view_.Run());
    RunReady(io_);
  }

  cri::SandboxConfig Pod() {
    cri::SandboxConfig pod;
    pod.name = "kubia-0";
    pod.ns = "default";
    pod.uid = kUid;
    pod.log_directory = layout_.PodLogs("default", "kubia-0", kUid);
    pod.labels = {{observe::kPodUidLabel, kUid},
                  {observe::kPodNameLabel, "kubia-0"},
                  {observe::kPodNamespaceLabel, "default"},
                  {observe::kAgentLabel, "node-a"}};
    return pod;
  }

  /// A container that runs, with so much in its log.
  std::string StartContainer(const std::string& name, size_t size) {
    if (sandbox_.empty()) sandbox_ = *RunTask(io_, runtime_.RunSandbox(Pod()));
    cri::ContainerConfig config;
    config.name = name;
    config.image = "a:1";
    config.labels = Pod().labels;
    config.log_path = Layout::ContainerLog(name, 0);
    const std::string id = *RunTask(io_, runtime_.CreateContainer(sandbox_, config, Pod()));
    fakes::WriteFile(Log(name), std::string(size, 'x'));
    EXPECT_TRUE(RunTask(io_, runtime_.StartContainer(id)).ok());
    EXPECT_TRUE(RunTask(io_, view_.Refresh(kUid)).ok());
    runtime_.ClearCalls();
    return id;
  }

  /// The first look, or those of the next ten seconds, and all that is compressed after them.
  void Look() {
    if (!running_) Spawn(io_.get_executor(), "rotation", rotation_.Run());
    if (running_) Pass(kLogLook);
    running_ = true;
    Settle();
  }

  /// A second at a time: what the pool does takes none.
  void Pass(Duration by) {
    for (Duration passed{0}; passed < by; passed += seconds(1)) {
      clock_.Advance(seconds(1));
      Settle();
    }
  }

  /// Until neither the pool nor the loop has anything to do. A chain of pool calls shows no handler in between, hence
  /// more quiet rounds than any has calls.
  void Settle() {
    for (int quiet = 0; quiet < 30;) {
      const auto nothing = [] { return Status(); };
      ASSERT_TRUE(RunTask(io_, pool_.Run(nothing)).ok());
      io_.restart();
      quiet = io_.poll() == 0 ? quiet + 1 : 0;
    }
  }

  std::string Log(const std::string& name) const {
    return layout_.PodLogs("default", "kubia-0", kUid) + "/" + Layout::ContainerLog(name, 0);
  }
  std::vector<std::string> Files(const std::string& name = "main") const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(fs::path(Log(name)).parent_path())) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  static LogLimits Limits() {
    LogLimits limits;
    limits.max_size = 100;
    limits.max_files = 3;
    return limits;
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  BlockingPool pool_{1};
  fakes::ScratchDirectory directory_;
  Layout layout_{{.pod_logs = directory_ / "pods", .container_logs = directory_ / "links"}};
  FakeRuntime runtime_{clock_, io_.get_executor()};
  observe::RuntimeView view_{io_.get_executor(), clock_, runtime_, runtime_.events(), "node-a"};
  LogRotation rotation_{{io_.get_executor(), clock_, pool_, runtime_, view_, layout_}, Limits()};
  std::string sandbox_;
  bool running_ = false;
};

TEST_F(LogRotationTest, OnlyLogsThatAreTooLargeAreRotated) {
  StartContainer("main", 100);
  StartContainer("small", 99);
  Look();
  EXPECT_THAT(runtime_.calls(), ElementsAre("ReopenContainerLog main"));
  EXPECT_THAT(Files("main"), ElementsAre("0.log", "0.log.20260101-000000"));
  EXPECT_EQ(fs::file_size(Log("main")), 0U);
  EXPECT_EQ(fs::file_size(Log("main") + ".20260101-000000"), 100U);
  EXPECT_THAT(Files("small"), ElementsAre("0.log"));
}

TEST_F(LogRotationTest, KeepsAsManyFilesAsItMayAndAllButTheNewestCompressed) {
  StartContainer("main", 100);
  Look();
  for (int i = 0; i < 4; ++i) {
    fakes::WriteFile(Log("main"), std::string(200 + i, 'y'));
    Look();
  }
  const std::vector<std::string> files = Files();
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[0], "0.log");
  EXPECT_EQ(Gunzipped(fs::path(Log("main")).parent_path() / files[1]), std::string(202, 'y'));
  EXPECT_TRUE(files[1].ends_with(".gz")) << files[1];
  EXPECT_EQ(fakes::ReadFile(fs::path(Log("main")).parent_path() / files[2]), std::string(203, 'y'));
}

TEST_F(LogRotationTest, WhenTheRuntimeRefusesTheRenameIsTakenBack) {
  StartContainer("main", 100);
  runtime_.FailNext(FakeRuntime::Call::kReopenContainerLog, MakeError(ErrorCode::kInternal, "no"));
  Look();
  EXPECT_THAT(Files(), ElementsAre("0.log"));
  EXPECT_EQ(fs::file_size(Log("main")), 100U);
  Look();
  EXPECT_THAT(Files(), ElementsAre("0.log", "0.log.20260101-000001")) << "tried again";
}

TEST_F(LogRotationTest, AnAnswerThatWasLostLosesNoLines) {
  // given a runtime that began the new log and did not say so
  StartContainer("main", 100);
  runtime_.Delay(FakeRuntime::Call::kReopenContainerLog, seconds(1));
  runtime_.FailNext(FakeRuntime::Call::kReopenContainerLog, MakeError(ErrorCode::kDeadlineExceeded, "late"));
  Look();
  EXPECT_THAT(Files(), ElementsAre("0.log.20260101-000000"));
  fakes::WriteFile(Log("main"), "new lines");
  clock_.Advance(seconds(1));
  Settle();
  EXPECT_THAT(Files(), ElementsAre("0.log", "0.log.20260101-000000"));
  EXPECT_EQ(fakes::ReadFile(Log("main")), "new lines");
}

TEST_F(LogRotationTest, OfARuntimeThatIsAwayOneLogIsAskedFor) {
  StartContainer("a", 100);
  StartContainer("b", 100);
  runtime_.FailNext(FakeRuntime::Call::kReopenContainerLog, MakeError(ErrorCode::kUnavailable, "away"), 5);
  Look();
  EXPECT_EQ(runtime_.calls().size(), 1U);
  EXPECT_THAT(Files("a"), ElementsAre("0.log"));
  EXPECT_THAT(Files("b"), ElementsAre("0.log"));
}

TEST_F(LogRotationTest, OfOneThatIsLateTheOthersDoNotWait) {
  StartContainer("a", 100);
  StartContainer("b", 100);
  runtime_.FailNext(FakeRuntime::Call::kReopenContainerLog, MakeError(ErrorCode::kDeadlineExceeded, "late"));
  Look();
  EXPECT_EQ(runtime_.calls().size(), 2U);
  EXPECT_EQ(Files("a").size() + Files("b").size(), 3U) << "the late one was renamed back";
}

TEST_F(LogRotationTest, ALogThatCannotBeRenamedLosesNoPart) {
  const std::string log = directory_ / "main/0.log";
  for (const char* part : {".20251231-000000", ".20251231-000001", ".20251231-000002"})
    fakes::WriteFile(log + part, "");
  EXPECT_EQ(SetLogAside(log, true, Limits(), {}, clock_.Now()).error().code, ErrorCode::kNotFound) << "it is gone";
  EXPECT_TRUE(fs::exists(log + ".20251231-000000"));
  fakes::WriteFile(log, "");
  EXPECT_TRUE(SetLogAside(log, true, Limits(), {}, clock_.Now()).ok());
  EXPECT_FALSE(fs::exists(log + ".20251231-000000"));
}

TEST_F(LogRotationTest, WhatCannotBePutInOrderIsTriedAgain) {
  const std::string id = StartContainer("main", 1);
  const std::string link = layout_.ContainerLogLink("kubia-0", "default", "main", id);
  fakes::WriteFile(directory_ / "links", "no directory");
  Look();
  fs::remove(directory_ / "links");
  Look();
  EXPECT_EQ(fs::read_symlink(link), Log("main"));
}

TEST_F(LogRotationTest, ALogThatIsGoneIsBegunAgain) {
  // As when the agent was killed between the rename and the runtime's answer.
  const std::string id = StartContainer("main", 100);
  fs::rename(Log("main"), Log("main") + ".20251231-000000");
  Look();
  EXPECT_THAT(runtime_.calls(), ElementsAre("ReopenContainerLog main"));
  EXPECT_EQ(fs::read_symlink(layout_.ContainerLogLink("kubia-0", "default", "main", id)), Log("main"));
  EXPECT_THAT(Files(), ElementsAre("0.log", "0.log.20251231-000000"));
  fs::remove_all(directory_ / "pods");
  Look();
  EXPECT_THAT(Files(), ElementsAre("0.log"));
}

TEST_F(LogRotationTest, TheDirectoryOfOneThatWentMeanwhileIsNotMadeAgain) {
  StartContainer("a", 100);
  const std::string b = StartContainer("b", 100);
  fs::remove(Log("b"));
  runtime_.Delay(FakeRuntime::Call::kReopenContainerLog, seconds(1));
  Look();
  // while the runtime is asked for a
  runtime_.ExitContainer(b, 0);
  ASSERT_TRUE(RunTask(io_, view_.Refresh(kUid)).ok());
  fs::remove_all(fs::path(Log("b")).parent_path());
  clock_.Advance(seconds(2));
  Settle();
  EXPECT_EQ(Files("a").size(), 2U);
  EXPECT_FALSE(fs::exists(fs::path(Log("b")).parent_path()));
}

TEST_F(LogRotationTest, WhatAKillLeftIsFoundAtTheFirstLook) {
  const std::string running = StartContainer("main", 1);
  const std::string ended = StartContainer("ended", 1);
  runtime_.ExitContainer(ended, 0);
  ASSERT_TRUE(RunTask(io_, view_.Refresh(kUid)).ok());
  for (const std::string name : {"main", "ended"}) {
    fakes::WriteFile(Log(name) + ".20251231-000000", "text");
    fakes::WriteFile(Log(name) + ".20251231-000000.tmp", "half");
    fakes::WriteFile(Log(name) + ".20251231-000001", "newest");
  }
  Look();
  for (const std::string name : {"main", "ended"}) {
    EXPECT_THAT(Files(name), ElementsAre("0.log", "0.log.20251231-000000.gz", "0.log.20251231-000001"));
    EXPECT_EQ(Gunzipped(Log(name) + ".20251231-000000.gz"), "text");
  }
  EXPECT_THAT(runtime_.calls(), IsEmpty());
}

TEST_F(LogRotationTest, APartThatIsStillWrittenToIsCompressedWhenItIsClosed) {
  for (const char* name : {"main", "other"}) {
    StartContainer(name, 1);
    fakes::WriteFile(Log(name) + ".20251231-000000", "text");
    fakes::WriteFile(Log(name) + ".20251231-000001", "newest");
  }
  const std::string part = Log("main") + ".20251231-000000";
  std::ofstream writer(part, std::ios::app);
  const Fd file(::open(part.c_str(), O_RDONLY | O_CLOEXEC));
  if (WritersOf(file.get()) == Writers::kUnknown) GTEST_SKIP() << "this file system knows no leases";
  Look();
  EXPECT_TRUE(fs::exists(Log("other") + ".20251231-000000.gz")) << "the other one does not wait for it";
  Pass(seconds(20));
  EXPECT_TRUE(fs::exists(part)) << "it is written to";
  writer << " and more";
  writer.close();
  Pass(seconds(6));
  EXPECT_FALSE(fs::exists(part));
  EXPECT_EQ(Gunzipped(part + ".gz"), "text and more");
}

TEST_F(LogRotationTest, AMissingLinkIsMade) {
  const std::string id = StartContainer("main", 1);
  const std::string link = layout_.ContainerLogLink("kubia-0", "default", "main", id);
  Look();
  EXPECT_EQ(fs::read_symlink(link), Log("main"));
  fs::remove(link);
  Look();
  EXPECT_FALSE(fs::exists(fs::symlink_status(link))) << "looked for once";
}

TEST_F(LogRotationTest, EndedContainersAreNotRotated) {
  const std::string id = StartContainer("main", 100);
  runtime_.ExitContainer(id, 0);
  ASSERT_TRUE(RunTask(io_, view_.Refresh(kUid)).ok());
  Look();
  Look();
  EXPECT_THAT(Files(), ElementsAre("0.log"));
  EXPECT_THAT(runtime_.calls(), IsEmpty());
}

TEST_F(LogRotationTest, ALogThatGrowsFastIsLookedAtSooner) {
  const auto grow = [this](size_t size) { fakes::WriteFile(Log("main"), std::string(size, 'x')); };
  StartContainer("main", 10);
  Look();
  grow(60);
  Pass(seconds(9));  // the next look: its first ten bytes may be of one second
  grow(150);
  Pass(seconds(7));
  EXPECT_EQ(Files().size(), 1U);
  Pass(seconds(1));  // fifty in nine seconds: full after seven more
  EXPECT_EQ(Files().size(), 2U);
}

TEST_F(LogRotationTest, OneThatIsFullEverySecondIsRotatedEverySecond) {
  StartContainer("main", 150);
  Look();
  for (int i = 0; i < 5; ++i) {
    fakes::WriteFile(Log("main"), std::string(150, 'x'));
    Pass(seconds(1));
  }
  EXPECT_EQ(runtime_.calls().size(), 6U);
}

TEST_F(LogRotationTest, ANewContainerIsLookedAtASecondLater) {
  Look();
  StartContainer("main", 100);
  rotation_.Changed();
  rotation_.Changed();
  clock_.Advance(seconds(1));
  Settle();
  EXPECT_EQ(Files().size(), 2U);
}

TEST_F(LogRotationTest, WhatIsNoFileIsNoLog) {
  StartContainer("main", 1);
  fs::remove(Log("main"));
  fakes::WriteFile(directory_ / "elsewhere", std::string(500, 's'));
  fs::create_symlink(directory_ / "elsewhere", Log("main"));
  Look();
  EXPECT_THAT(Files(), ElementsAre("0.log"));
  EXPECT_TRUE(fs::is_symlink(Log("main")));
  EXPECT_THAT(runtime_.calls(), IsEmpty());
}

TEST_F(LogRotationTest, ALogElsewhereIsLeftAlone) {
  // As of a container that an agent with another --log-dir started.
  StartContainer("main", 100);
  const Layout moved({.pod_logs = directory_ / "moved", .container_logs = directory_ / "links"});
  LogRotation rotation({io_.get_executor(), clock_, pool_, runtime_, view_, moved}, Limits());
  ASSERT_TRUE(RunTask(io_, rotation.Look()).ok());
  EXPECT_THAT(runtime_.calls(), IsEmpty());
  EXPECT_THAT(Files(), ElementsAre("0.log"));
}

}  // namespace
}  // namespace ordinal::node

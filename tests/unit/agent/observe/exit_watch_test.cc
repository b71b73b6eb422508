#include "agent/observe/exit_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>
#include <vector>

#include "agent/base/fd.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::observe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

const std::string kId(64, 'a');

/// A child that waits until it is killed, or that ends with the code it is told.
class Child {
 public:
  Child() {
    int ends[2];
    if (::pipe(ends) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::close(ends[1]);
      unsigned char code = 255;
      (void)!::read(ends[0], &code, 1);
      ::_exit(code);
    }
    ::close(ends[0]);
    tell_ = Fd(ends[1]);
  }
  ~Child() {
    ::kill(pid_, SIGKILL);
    Take();
  }
  pid_t pid() const { return pid_; }
  void Exit(unsigned char code) { (void)!::write(tell_.get(), &code, 1); }
  void Kill() { ::kill(pid_, SIGKILL); }
  void Take() {
    if (!std::exchange(taken_, true)) ::waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_ = -1;
  Fd tell_;
  bool taken_ = false;
};

const std::string kStat =
    " 1 88 88 0 -1 4227084 0 0 0 0 0 0 0 0 20 0 1 0 65 0 0 184 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 ";

TEST(ExitIn, IsTheLastNumberOfAProcessThatHasEnded) {
  EXPECT_EQ(ExitIn("88 (sleep) Z" + kStat + "768", true), 3);
  EXPECT_EQ(ExitIn("88 (sleep) Z" + kStat + "9", true), 137);
  EXPECT_EQ(ExitIn("88 (sleep) Z" + kStat + "139", true), 139) << "with a core, by signal 11";
  EXPECT_EQ(ExitIn("88 (sleep) Z" + kStat + "0", true), 0);
}

TEST(ExitIn, IsNotToldOfOneThatRuns) {
  EXPECT_EQ(ExitIn("88 (sleep) S" + kStat + "0", true), std::nullopt);
  EXPECT_EQ(ExitIn("88 (a) Z) R" + kStat + "768", true), std::nullopt) << "a name is chosen by its bearer";
  EXPECT_EQ(ExitIn("88 (sleep) Z" + kStat + "x", true), std::nullopt);
  EXPECT_EQ(ExitIn("", true), std::nullopt);
  EXPECT_EQ(ExitIn("88 (sleep)", true), std::nullopt);
}

TEST(ExitIn, AZeroIsBelievedWhereItIsMeant) {
  EXPECT_EQ(ExitIn("88 (sleep) Z" + kStat + "0", false), std::nullopt);
  EXPECT_EQ(ExitIn("88 (sleep) Z" + kStat + "9", false), 137);
  EXPECT_TRUE(ZeroIsMeant("6.1.0-18-amd64", true));
  EXPECT_TRUE(ZeroIsMeant("5.17.0", true));
  EXPECT_FALSE(ZeroIsMeant("5.10.0-28-amd64", true)) << "the first thread's own code";
  EXPECT_FALSE(ZeroIsMeant("6.1.0-18-amd64", false)) << "a zero is what others read";
  EXPECT_FALSE(ZeroIsMeant("unknown", true));
}

class ExitWatchTest : public ::testing::Test {
 protected:
  ExitWatchTest() {
    watch_.OnExit([this](const std::string& id, int32_t code) { told_.emplace_back(id, code); });
  }
  void PutInto(const Child& child, const std::string& cgroup) {
    const auto directory = std::filesystem::path(proc_.path()) / std::to_string(child.pid());
    std::filesystem::create_directories(directory);
    std::ofstream(directory / "cgroup") << "4:memory:" << cgroup << "\n0::/\n";
  }
  void Start(const Child& child) {
    PutInto(child, "/kubepods/pod1/" + kId);
    watch_.Started(kId, static_cast<uint32_t>(child.pid()));
  }
  asio::io_context io_;
  fakes::ScratchDirectory proc_;
  BlockingPool pool_{1};
  ExitWatch watch_{io_.get_executor(), pool_, proc_.path()};
  std::vector<std::pair<std::string, int32_t>> told_;
};

TEST_F(ExitWatchTest, TellsTheCodeBeforeTheParentHasTakenIt) {
  Child child;
  Start(child);
  EXPECT_EQ(watch_.size(), 1u);
  io_.poll();
  EXPECT_THAT(told_, IsEmpty());
  child.Exit(7);
  ASSERT_TRUE(RunUntil(io_, [&] { return !told_.empty(); }));
  EXPECT_THAT(told_, ElementsAre(Pair(kId, 7)));
  EXPECT_EQ(watch_.size(), 0u);
}

TEST_F(ExitWatchTest, ASignalCountsAsTheRuntimeCountsIt) {
  Child child;
  Start(child);
  child.Kill();
  ASSERT_TRUE(RunUntil(io_, [&] { return !told_.empty(); }));
  EXPECT_THAT(told_, ElementsAre(Pair(kId, 137)));
}

TEST_F(ExitWatchTest, OfOneThatWasTakenItTellsWhatTheKernelTells) {
  Child child;
  Start(child);
  const Fd process(static_cast<int>(syscall(SYS_pidfd_open, child.pid(), 0)));
  child.Exit(7);
  child.Take();
  ASSERT_TRUE(RunUntil(io_, [&] { return watch_.size() == 0; }));
  if (ExitOf(process.get())) {
    EXPECT_THAT(told_, ElementsAre(Pair(kId, 7)));
  } else {
    EXPECT_THAT(told_, IsEmpty()) << "Linux before 6.15";
  }
}

TEST_F(ExitWatchTest, AProcessThatIsSomebodyElsesIsNotWatched) {
  Child child;
  PutInto(child, "/kubepods/pod1/" + std::string(64, 'b'));
  watch_.Started(kId, static_cast<uint32_t>(child.pid()));
  ASSERT_TRUE(RunUntil(io_, [&] { return watch_.size() == 0; }));
  watch_.Started(kId, 1 << 30);  // there is none
  EXPECT_EQ(watch_.size(), 0u);
}

TEST_F(ExitWatchTest, MayEndBeforeWhatItWatches) {
  Child child;
  {
    ExitWatch brief(io_.get_executor(), pool_, proc_.path());
    PutInto(child, "/kubepods/pod1/" + kId);
    brief.Started(kId, static_cast<uint32_t>(child.pid()));
  }
  child.Kill();
  child.Take();
  io_.restart();
  io_.run();  // nothing refers to it any more
}

}  // namespace
}  // namespace ordinal::observe

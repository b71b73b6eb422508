// A directory tree stands for the file system of cgroups, whose rmdir refuses the same way.
#include "agent/podsync/cgroups.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "tests/fakes/scratch_directory.h"

namespace ordinal::podsync {
namespace {

namespace fs = std::filesystem;

constexpr char kPodUid[] = "11111111-2222-4333-8444-555555555555";

class Cgroups : public ::testing::Test {
 protected:
  void Make(const std::string& path) { fs::create_directories(dir_ / path); }
  void Put(const std::string& path, const std::string& text) { fakes::WriteFile(dir_ / path, text); }
  bool There(const std::string& path) const { return fs::exists(dir_ / path); }

  fakes::ScratchDirectory dir_;
};

TEST_F(Cgroups, ThePodsGoFromEveryHierarchyClassAndDriver) {
  const std::string uid = kPodUid, escaped = "11111111_2222_4333_8444_555555555555";
  const std::vector<std::string> places = {
      "kubepods/pod" + uid,
      "memory/kubepods/burstable/pod" + uid + "/container",
      "unified/kubepods/besteffort/pod" + uid,
      "kubepods.slice/kubepods-pod" + escaped + ".slice",
      "cpu/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + escaped + ".slice",
      "kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" + escaped + ".slice"};
  for (const std::string& place : places) Make(place);
  Make("memory/kubepods/burstable/podother");
  EXPECT_TRUE(RemovePodCgroups(dir_.path(), uid));
  for (const std::string& place : places) EXPECT_FALSE(There(place)) << place;
  EXPECT_FALSE(There("memory/kubepods/burstable/pod" + uid));
  EXPECT_TRUE(There("memory/kubepods/burstable/podother"));
}

TEST_F(Cgroups, OneInUseStaysAndIsTold) {
  Make("memory/kubepods/podu");
  Put("cpu/kubepods/podu/container/tasks", "1");
  EXPECT_FALSE(RemovePodCgroups(dir_.path(), "u"));
  EXPECT_FALSE(There("memory/kubepods/podu"));
  EXPECT_TRUE(There("cpu/kubepods/podu/container/tasks"));
}

TEST_F(Cgroups, WhoIsLeftInThemIsKilled) {
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  Put("pids/kubepods/besteffort/podu/container/cgroup.procs", fmt::format("0\n{}\n", child));
  Put("unified/kubepods/besteffort/podu/cgroup.kill", "");
  Put("unified/kubepods/besteffort/podv/cgroup.kill", "");
  KillPodProcesses(dir_.path(), "u");
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(fakes::ReadFile(dir_ / "unified/kubepods/besteffort/podu/cgroup.kill"), "1");
  EXPECT_EQ(fakes::ReadFile(dir_ / "unified/kubepods/besteffort/podv/cgroup.kill"), "");
}

TEST_F(Cgroups, AUidThatIsNoneLeadsNowhere) {
  Make("kubepods/podx");
  EXPECT_TRUE(RemovePodCgroups(dir_.path(), ""));
  EXPECT_TRUE(RemovePodCgroups(dir_.path(), "x/../podx"));
  EXPECT_TRUE(There("kubepods/podx"));
}

/// Another agent's pod may be about to use the empty one.
TEST_F(Cgroups, ClassesGoOnlyWhenNoPodIsInThem) {
  Make("memory/kubepods/burstable");
  Make("memory/system.slice");
  Make("cpu/kubepods/besteffort/podv");
  Make("kubepods.slice/kubepods-burstable.slice");
  RemoveEmptyClassCgroups(dir_.path());
  EXPECT_FALSE(There("memory/kubepods"));
  EXPECT_FALSE(There("kubepods.slice"));
  EXPECT_TRUE(There("memory/system.slice"));
  EXPECT_TRUE(There("cpu/kubepods/besteffort/podv"));
}

TEST_F(Cgroups, ProcessesOfAPodAreLimitedInV1AndV2) {
  Put("pids/kubepods/besteffort/podu/pids.max", "max");
  ASSERT_TRUE(LimitProcesses(dir_.path(), "/kubepods/besteffort/podu", 4096).ok());
  EXPECT_TRUE(fakes::ReadFile(dir_ / "pids/kubepods/besteffort/podu/pids.max").starts_with("4096"));
  Put("kubepods/podv/pids.max", "....");
  ASSERT_TRUE(LimitProcesses(dir_.path(), "/kubepods/podv", 1024).ok());
  EXPECT_EQ(fakes::ReadFile(dir_ / "kubepods/podv/pids.max"), "1024");
  Put("kubepods/podw/pids.max", "...");
  ASSERT_TRUE(LimitProcesses(dir_.path(), "/kubepods/podw", -1).ok());
  EXPECT_EQ(fakes::ReadFile(dir_ / "kubepods/podw/pids.max"), "max");
  EXPECT_EQ(LimitProcesses(dir_.path(), "/kubepods/podx", 1).error().code, ErrorCode::kNotFound);
}

TEST_F(Cgroups, ProcessesOfAPodAreCountedInV1AndV2) {
  Put("pids/kubepods/besteffort/podu/pids.current", "12");
  EXPECT_EQ(ProcessesIn(dir_.path(), "/kubepods/besteffort/podu"), 12);
  Put("kubepods/podv/pids.current", "7");
  EXPECT_EQ(ProcessesIn(dir_.path(), "/kubepods/podv"), 7);
  EXPECT_EQ(ProcessesIn(dir_.path(), "/kubepods/podx"), 0);
}

struct Bounds {
  std::string pid_max, threads_max, cgroup, own, above;
  int64_t limit;
};

TEST_F(Cgroups, ByDefaultAQuarterOfWhatTheHostAllows) {
  const Bounds cases[] = {
      {"32768", "190000", "8:pids:/", "", "", 8192},
      {"4194304", "190000", "0::/", "", "", 47500},
      {"32768", "190000", "8:pids:/a/b", "4000", "max", 1000},
      {"32768", "190000", "8:pids:/a/b", "max", "2000", 500},
      {"32768", "190000", "3:cpu:/a/b", "100", "100", 8192},  // not the controller that counts
      {"100", "100", "", "", "", 64},                         // a pod must be able to run
      {"", "", "", "", "", -1},
  };
  for (const Bounds& bounds : cases) {
    Put("proc/sys/kernel/pid_max", bounds.pid_max);
    Put("proc/sys/kernel/threads-max", bounds.threads_max);
    Put("proc/self/cgroup", "5:memory:/\n" + bounds.cgroup + "\n");
    Put("cgroup/pids/a/b/pids.max", bounds.own);
    Put("cgroup/pids/a/pids.max", bounds.above);
    EXPECT_EQ(DefaultProcessLimit(dir_ / "cgroup", dir_ / "proc"), bounds.limit) << bounds.cgroup << bounds.own;
  }
}

}  // namespace
}  // namespace ordinal::podsync

#include "agent/observe/kernel_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "tests/fakes/run_task.h"

namespace ordinal::observe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kFirst(64, 'a');
const std::string kSecond = std::string(63, '0') + "f";

std::string Record(const std::string& cgroup) {
  return "6,423,116111099,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=" +
         cgroup + ",task_memcg=" + cgroup + ",task=python3,pid=3593,uid=0\n";
}

TEST(OutOfMemory, TellsTheContainerOfTheProcessThatWasKilled) {
  EXPECT_THAT(OutOfMemory(Record("/kubepods/burstable/pod5e1b27/" + kFirst)), ElementsAre(kFirst));
  EXPECT_THAT(OutOfMemory(Record("/kubepods.slice/kubepods-pod5e1b27.slice/cri-containerd-" + kFirst + ".scope")),
              ElementsAre(kFirst));
  EXPECT_THAT(OutOfMemory(Record("/kubepods/pod5e1b27/" + kFirst + "/workers")), ElementsAre(kFirst));
}

TEST(OutOfMemory, TellsEveryContainerAroundTheProcess) {
  EXPECT_THAT(OutOfMemory(Record("/docker/" + kSecond + "/kubepods/pod5e1b27/" + kFirst)),
              ElementsAre(kSecond, kFirst));
}

TEST(OutOfMemory, IsNotToldByOtherRecords) {
  EXPECT_THAT(OutOfMemory(Record("/system.slice/sshd.service")), IsEmpty());
  EXPECT_THAT(OutOfMemory("6,1,0,-;Command line: quiet\n"), IsEmpty());
  EXPECT_THAT(OutOfMemory(""), IsEmpty());
  EXPECT_THAT(OutOfMemory("6,"), IsEmpty());
  EXPECT_THAT(OutOfMemory("6,423,1,-;oom-kill:"), IsEmpty());
  EXPECT_THAT(OutOfMemory("6,423,1,-;oom-kill:,task_memcg="), IsEmpty());
  EXPECT_THAT(OutOfMemory(Record("/kubepods/pod5e1b27/" + std::string(64, 'g'))), IsEmpty());
}

/// The name of a process and what a process writes to the log are chosen by it.
TEST(OutOfMemory, IsNotBelievedOfAnybodyButTheKernel) {
  const std::string told = Record("/kubepods/pod5e1b27/" + kFirst).substr(1);
  EXPECT_THAT(OutOfMemory("14" + told), IsEmpty());
  EXPECT_THAT(OutOfMemory("6,423,1,-;oom-kill:constraint=X,task_memcg=/sshd,task=,task_memcg=/" + kFirst + ",pid=1\n"),
              IsEmpty());
}

class KernelLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    int ends[2];  // as /dev/kmsg, a read gives one record
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    kernel_ = Fd(ends[0]);
    log_.emplace(io_.get_executor(), Fd(ends[1]));
    log_->OnOutOfMemory([this](const std::string& id) { told_.push_back(id); });
  }
  void Write(const std::string& record) {
    ASSERT_EQ(::send(kernel_.get(), record.data(), record.size(), 0), static_cast<ssize_t>(record.size()));
  }
  asio::io_context io_;
  Fd kernel_;
  std::optional<KernelLog> log_;
  std::vector<std::string> told_;
};

TEST_F(KernelLogTest, IsFollowedUntilItEnds) {
  Write(Record("/kubepods/pod1/" + kFirst));
  Write("6,1,0,-;something else\n");
  Spawn(io_.get_executor(), "kernel log", log_->Run());
  ASSERT_TRUE(RunUntil(io_, [&] { return !told_.empty(); }));
  Write(Record("/kubepods/pod1/" + kSecond));
  ASSERT_TRUE(RunUntil(io_, [&] { return told_.size() > 1; }));
  EXPECT_THAT(told_, ElementsAre(kFirst, kSecond));
  kernel_ = Fd();
  io_.restart();
  io_.run();  // nothing waits any more
}

TEST_F(KernelLogTest, MayBeMissing) {
  KernelLog none(io_.get_executor(), Fd());
  RunTask(io_, none.Run());
  EXPECT_THAT(told_, IsEmpty());
}

}  // namespace
}  // namespace ordinal::observe

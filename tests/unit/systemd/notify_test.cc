// The calls to systemd, heard on a socket of our own.
#include "systemd/notify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "tests/fakes/scratch_directory.h"

namespace ordinal::systemd {
namespace {

class NotifyTest : public ::testing::Test {
 protected:
  NotifyTest() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const std::string path = scratch_ / "notify";
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~NotifyTest() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
    ::close(socket_);
  }

  /// The next datagram; the calls send before they return, so there is nothing to wait for.
  std::string Heard() {
    std::array<char, 512> buffer;
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return size < 0 ? "(nothing)" : std::string(buffer.data(), static_cast<size_t>(size));
  }

  fakes::ScratchDirectory scratch_;
  int socket_;
};

TEST_F(NotifyTest, EachCallSendsItsAssignments) {
  ASSERT_TRUE(NotifyReady("3 pods").ok());
  EXPECT_EQ(Heard(), "READY=1\nSTATUS=3 pods");
  ASSERT_TRUE(NotifyStatus("waiting for containerd").ok());
  EXPECT_EQ(Heard(), "STATUS=waiting for containerd");
  ASSERT_TRUE(NotifyWatchdog().ok());
  EXPECT_EQ(Heard(), "WATCHDOG=1");
  ASSERT_TRUE(NotifyStopping().ok());
  EXPECT_EQ(Heard(), "STOPPING=1");
  EXPECT_EQ(Heard(), "(nothing)");
}

TEST_F(NotifyTest, AStatusCannotSmuggleInAnotherAssignment) {
  ASSERT_TRUE(NotifyStatus("image x\nSTOPPING=1").ok());
  EXPECT_EQ(Heard(), "STATUS=image x STOPPING=1");
}

TEST_F(NotifyTest, WithoutSystemdEveryCallSucceedsAndSendsNothing) {
  ::unsetenv("NOTIFY_SOCKET");
  EXPECT_TRUE(NotifyReady("x").ok());
  EXPECT_TRUE(NotifyWatchdog().ok());
  EXPECT_EQ(Heard(), "(nothing)");
}

TEST_F(NotifyTest, ASocketThatDoesNotAnswerIsAnErrorThatNamesIt) {
  ::setenv("NOTIFY_SOCKET", (scratch_ / "gone").c_str(), 1);
  const auto sent = NotifyReady("x");
  ASSERT_FALSE(sent.ok());
  EXPECT_EQ(sent.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(sent.error().message, ::testing::HasSubstr("NOTIFY_SOCKET"));
}

TEST_F(NotifyTest, TheWatchdogIntervalIsThatOfThisProcess) {
  EXPECT_EQ(*WatchdogInterval(), std::nullopt);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  EXPECT_EQ(*WatchdogInterval(), std::chrono::seconds(30));
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(*WatchdogInterval(), std::nullopt) << "meant for another process";
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  ::setenv("WATCHDOG_USEC", "soon", 1);
  EXPECT_FALSE(WatchdogInterval().ok());
}

}  // namespace
}  // namespace ordinal::systemd

// What the agent asks of org.freedesktop.login1: the same of the fake, on a bus of the test's own, and, but for
// shutdowns, of the real one where this machine has it.
#include "systemd/login.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/fakes/fake_login.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::systemd {
namespace {

using ::testing::HasSubstr;

/// The real one, where there is one.
std::vector<bool> RealOnes() {
  const bool there = ::access("/run/systemd/seats", F_OK) == 0 && ::access("/run/dbus/system_bus_socket", F_OK) == 0;
  return there ? std::vector<bool>{true} : std::vector<bool>{};
}

class LoginTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) {
      ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
      return;
    }
    bus_ = std::make_unique<fakes::PrivateBus>(directory_.path());
    if (bus_->address().empty()) GTEST_SKIP() << "dbus-daemon is not installed (apt-get install dbus-daemon)";
    ::setenv("DBUS_SYSTEM_BUS_ADDRESS", bus_->address().c_str(), 1);
    ASSERT_EQ(::pipe2(commands_, O_CLOEXEC), 0);
    serving_ = std::thread([this] {
      fakes::FakeLogin login(bus_->address(), directory_ / "logind.conf", [this](const std::string& what) {
        const std::lock_guard lock(mutex_);
        said_.push_back(what);
      });
      login.Serve(commands_[0]);
    });
    ASSERT_TRUE(Says("ready"));
  }
  void TearDown() override {
    ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
    if (!serving_.joinable()) return;
    ::close(commands_[1]);
    serving_.join();
    ::close(commands_[0]);
  }

  /// Waits until the fake has said so.
  bool Says(const std::string& what) {
    const auto said = [&] {
      asio::post(io_, [] {});
      const std::lock_guard lock(mutex_);
      return std::find(said_.begin(), said_.end(), what) != said_.end();
    };
    return RunUntil(io_, said);
  }
  void Tell(const std::string& command) {
    const std::string line = command + "\n";
    ASSERT_EQ(::write(commands_[1], line.data(), line.size()), static_cast<ssize_t>(line.size()));
  }
  void Connect() {
    const Status connected = RunTask(io_, login_.Connect());
    ASSERT_TRUE(connected.ok()) << connected.error().message;
  }

  asio::io_context io_;
  RealClock clock_{io_.get_executor()};
  fakes::ScratchDirectory directory_;
  std::unique_ptr<fakes::PrivateBus> bus_;
  int commands_[2] = {-1, -1};
  std::mutex mutex_;
  std::vector<std::string> said_;
  std::thread serving_;
  Login login_{io_.get_executor(), clock_};
};

TEST_P(LoginTest, GivesALockAndSaysHowLongItDelays) {
  Connect();
  const auto delay = RunTask(io_, login_.InhibitDelayMax());
  ASSERT_TRUE(delay.ok()) << delay.error().message;
  EXPECT_GT(*delay, Duration::zero());
  const auto preparing = RunTask(io_, login_.Preparing());
  ASSERT_TRUE(preparing.ok()) << preparing.error().message;
  EXPECT_FALSE(*preparing);
  const auto lock = RunTask(io_, login_.Inhibit("ordinald", "a test"));
  ASSERT_TRUE(lock.ok()) << lock.error().message;
  EXPECT_NE(::fcntl(lock->get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_P(LoginTest, AShutdownWaitsForTheLockAndIsHeardOf) {
  if (GetParam()) GTEST_SKIP() << "this machine shall go on";
  Connect();
  auto lock = RunTask(io_, login_.Inhibit("ordinald", "a test"));
  ASSERT_TRUE(lock.ok()) << lock.error().message;
  ASSERT_TRUE(Says("inhibited ordinald"));
  Tell("shutdown");
  EXPECT_TRUE(*RunTask(io_, login_.Next()));
  EXPECT_TRUE(*RunTask(io_, login_.Preparing()));
  EXPECT_FALSE(RunTask(io_, login_.Inhibit("ordinald", "too late")).ok());
  Login late(io_.get_executor(), clock_);  // one that comes while it is under way hears of it, too
  ASSERT_TRUE(RunTask(io_, late.Connect()).ok());
  EXPECT_TRUE(*RunTask(io_, late.Next()));
  *lock = Fd();
  EXPECT_TRUE(Says("released"));
  EXPECT_TRUE(Says("down"));
  Tell("cancel");
  EXPECT_FALSE(*RunTask(io_, login_.Next()));
}

TEST_P(LoginTest, ReadsItsConfigurationAgain) {
  if (GetParam()) GTEST_SKIP() << "this machine's configuration stays";
  Connect();
  fakes::WriteFile(directory_ / "logind.conf", "[Login]\nInhibitDelayMaxSec=42\n");
  const Status reloaded = RunTask(io_, login_.Reload());
  ASSERT_TRUE(reloaded.ok()) << reloaded.error().message;
  EXPECT_EQ(*RunTask(io_, login_.InhibitDelayMax()), std::chrono::seconds(42));
}

TEST_P(LoginTest, ALostBusIsSaid) {
  if (GetParam()) GTEST_SKIP() << "this machine's bus stays";
  Connect();
  bus_.reset();
  const auto next = RunTask(io_, login_.Next());
  ASSERT_FALSE(next.ok());
  EXPECT_EQ(next.error().code, ErrorCode::kUnavailable);
}

TEST_P(LoginTest, ALogindThatGoesIsSaid) {
  if (GetParam()) GTEST_SKIP() << "this machine's logind stays";
  Connect();
  ::close(commands_[1]);
  serving_.join();
  ::close(commands_[0]);
  const auto next = RunTask(io_, login_.Next());
  ASSERT_FALSE(next.ok());
  EXPECT_EQ(next.error().code, ErrorCode::kUnavailable);
}

INSTANTIATE_TEST_SUITE_P(Fake, LoginTest, ::testing::Values(false));
INSTANTIATE_TEST_SUITE_P(Real, LoginTest, ::testing::ValuesIn(RealOnes()));

TEST(LoginWithoutABus, IsAnErrorThatSaysSo) {
  ::setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus", 1);
  asio::io_context io;
  RealClock clock{io.get_executor()};
  Login login(io.get_executor(), clock);
  const Status connected = RunTask(io, login.Connect());
  ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
  ASSERT_FALSE(connected.ok());
  EXPECT_EQ(connected.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(connected.error().message, HasSubstr("connect to the system bus"));
  EXPECT_FALSE(RunTask(io, login.InhibitDelayMax()).ok());
}

}  // namespace
}  // namespace ordinal::systemd

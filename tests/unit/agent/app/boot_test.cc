#include "agent/app/boot.h"

#include <gtest/gtest.h>

#include "agent/base/clock.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal {
namespace {

class BootTest : public ::testing::Test {
 protected:
  Boot::Step After(std::string name, Duration length) {
    return {name, [this, name, length] { return Take(name, length); }};
  }
  Task<void> Take(std::string name, Duration length) {
    co_await Sleep(clock_, length);
    done_.push_back(name);
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  std::vector<std::string> done_;
};

TEST_F(BootTest, TakesOneStepAfterTheOtherAndSaysWhichItIs) {
  Boot boot({After("the runtime", std::chrono::seconds(2)), After("manifests", std::chrono::seconds(1))});
  EXPECT_EQ(boot.waiting_for(), "the runtime") << "before it runs";
  Spawn(io_.get_executor(), "boot", boot.Run());
  RunReady(io_);
  clock_.Advance(std::chrono::seconds(1));
  RunReady(io_);
  EXPECT_EQ(boot.waiting_for(), "the runtime");
  EXPECT_TRUE(done_.empty());
  clock_.Advance(std::chrono::seconds(1));
  RunReady(io_);
  EXPECT_EQ(boot.waiting_for(), "manifests");
  EXPECT_EQ(done_, std::vector<std::string>{"the runtime"});
  clock_.Advance(std::chrono::seconds(1));
  RunReady(io_);
  EXPECT_EQ(boot.waiting_for(), "");
  EXPECT_EQ(done_, (std::vector<std::string>{"the runtime", "manifests"}));
}

TEST_F(BootTest, WithoutStepsIsThrough) {
  Boot boot({});
  EXPECT_EQ(boot.waiting_for(), "");
  RunTask(io_, boot.Run());
}

}  // namespace
}  // namespace ordinal

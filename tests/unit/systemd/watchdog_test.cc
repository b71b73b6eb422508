#include "systemd/watchdog.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"

namespace ordinal::systemd {
namespace {

using std::chrono::seconds;

class WatchdogTest : public ::testing::Test {
 protected:
  asio::io_context io;
  fakes::FakeClock clock{io};
  int pings = 0;
};

TEST_F(WatchdogTest, PingsAtHalfTheIntervalWhileBeatsCome) {
  Watchdog watchdog(clock, seconds(30), [&] { ++pings; });
  EXPECT_EQ(watchdog.BeatEvery(), std::chrono::milliseconds(7500));
  watchdog.Beat();
  clock.Advance(seconds(14));
  EXPECT_EQ(pings, 0);
  clock.Advance(seconds(1));
  EXPECT_EQ(pings, 1);
  for (int second = 15; second < 60; second += 5) {
    watchdog.Beat();
    clock.Advance(seconds(5));
  }
  EXPECT_EQ(pings, 4);
}

TEST_F(WatchdogTest, StopsPingingWithoutBeatsAndGoesOnWithThem) {
  Watchdog watchdog(clock, seconds(30), [&] { ++pings; });
  clock.Advance(seconds(60));
  EXPECT_EQ(pings, 0) << "nobody ever said that the agent works";
  watchdog.Beat();
  clock.Advance(seconds(60));
  EXPECT_EQ(pings, 1) << "one beat is one ping";
  watchdog.Beat();
  clock.Advance(seconds(15));
  EXPECT_EQ(pings, 2);
}

TEST_F(WatchdogTest, IsSilentOnceItIsGone) {
  {
    Watchdog watchdog(clock, seconds(30), [&] { ++pings; });
    watchdog.Beat();
  }
  clock.Advance(seconds(60));
  EXPECT_EQ(pings, 0);
  EXPECT_EQ(clock.Pending(), 0U);
}

}  // namespace
}  // namespace ordinal::systemd

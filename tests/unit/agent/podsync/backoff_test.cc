#include "agent/podsync/backoff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "agent/podsync/backoff_words.h"
#include "agent/podsync/memory.h"

namespace ordinal::podsync {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr WallTime kEnd{std::chrono::hours(1000)};

/// How long each of `count` failures in a row is waited for.
std::vector<Duration> Waits(Backoff backoff, int count, Duration ran = Duration::zero()) {
  std::vector<Duration> waits;
  for (int i = 0; i < count; ++i) {
    waits.push_back(backoff.NotBefore(kEnd, ran) - kEnd);
    backoff.Advance(ran);
  }
  return waits;
}

TEST(Backoff, NothingWaitsForAMomentOfBeforeTheClockWasSetBack) {
  Retry retry;
  retry.After(seconds(3), kEnd);
  EXPECT_TRUE(retry.Waits(kEnd));
  EXPECT_TRUE(retry.Waits(kEnd + milliseconds(2999)));
  EXPECT_FALSE(retry.Waits(kEnd + seconds(3)));
  EXPECT_FALSE(retry.Waits(kEnd - std::chrono::hours(1)));
  EXPECT_TRUE(StillWaits(WallTime::max(), seconds(3), kEnd)) << "for ever";
}

TEST(Backoff, OfContainersStartsAtOnceAndDoublesToAMinute) {
  EXPECT_THAT(Waits(Backoff(kRestartBackoff), 9),
              ::testing::ElementsAre(seconds(0), seconds(1), seconds(2), seconds(4), seconds(8), seconds(16),
                                     seconds(32), seconds(60), seconds(60)));
}

TEST(Backoff, OfContainersAsAKubeletHasIt) {
  EXPECT_THAT(Waits(Backoff(kKubernetesRestartBackoff), 8),
              ::testing::ElementsAre(seconds(0), seconds(10), seconds(20), seconds(40), seconds(80), seconds(160),
                                     seconds(300), seconds(300)));
}

TEST(Backoff, IsForgottenAfterTenMinutesOfRunning) {
  Backoff backoff = Backoff::AfterRestarts(kRestartBackoff, 12);
  // given a long wait, when the container ran for ten minutes, then it is started at once …
  EXPECT_EQ(backoff.NotBefore(kEnd, minutes(10)), kEnd);
  // … and the next failure counts as the first
  backoff.Advance(minutes(10));
  EXPECT_EQ(backoff.NotBefore(kEnd, seconds(1)), kEnd + seconds(1));
}

TEST(Backoff, IsNotForgottenBefore) {
  EXPECT_EQ(Backoff::AfterRestarts(kRestartBackoff, 12).NotBefore(kEnd, minutes(10) - milliseconds(1)),
            kEnd + seconds(60));
}

TEST(Backoff, AfterRestartsIsWhatAnAgentThatSawThemAllHas) {
  Backoff seen(kRestartBackoff);
  for (uint32_t restarts = 0; restarts < 13; ++restarts) {
    EXPECT_EQ(Backoff::AfterRestarts(kRestartBackoff, restarts).delay(), seen.delay()) << restarts;
    seen.Advance(seconds(1));
  }
}

TEST(Backoff, OfPulls) {
  EXPECT_THAT(Waits(Backoff(kPullBackoff), 7), ::testing::ElementsAre(seconds(0), seconds(10), seconds(20), seconds(40),
                                                                      seconds(80), seconds(160), seconds(300)));
}

TEST(Backoff, OfRetriesIsQuickAtFirst) {
  EXPECT_THAT(Waits(Backoff(kRetryBackoff), 10),
              ::testing::ElementsAre(seconds(0), milliseconds(200), milliseconds(400), milliseconds(800),
                                     milliseconds(1600), milliseconds(3200), milliseconds(6400), milliseconds(12800),
                                     milliseconds(25600), seconds(30)));
}

TEST(GoDuration, IsWrittenAsGoWritesIt) {
  EXPECT_EQ(GoDuration(milliseconds(0)), "0s");
  EXPECT_EQ(GoDuration(milliseconds(250)), "250ms");
  EXPECT_EQ(GoDuration(milliseconds(1500)), "1.5s");
  EXPECT_EQ(GoDuration(seconds(10)), "10s");
  EXPECT_EQ(GoDuration(minutes(61)), "1h1m0s");
  EXPECT_EQ(GoDuration(minutes(2) + milliseconds(250)), "2m0.25s");
}

}  // namespace
}  // namespace ordinal::podsync

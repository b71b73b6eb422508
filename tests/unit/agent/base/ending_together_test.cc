#include "agent/base/ending_together.h"

#include <gtest/gtest.h>

namespace ordinal {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// When a timer ends, in milliseconds since the clock began.
int64_t End(milliseconds now, Duration delay) {
  return (now + EndingTogether(SteadyTime(now), delay)) / milliseconds(1);
}

TEST(EndingTogether, WhatWaitsLongEndsOnABeat) {
  for (const int64_t now : {1, 40, 249, 250}) EXPECT_EQ(End(milliseconds(now), seconds(10)), 10250) << now;
  EXPECT_EQ(End(milliseconds(251), seconds(10)), 10500) << "never too early";
  EXPECT_EQ(End(milliseconds(0), seconds(10)), 10000);
}

TEST(EndingTogether, WhatIsShortIsExact) {
  EXPECT_EQ(End(milliseconds(7), milliseconds(4999)), 5006);
  EXPECT_EQ(End(milliseconds(7), Duration::zero()), 7);
}

TEST(EndingTogether, ForEverStaysSo) {
  EXPECT_EQ(EndingTogether(SteadyTime(hours(1)), Duration::max()), Duration::max());
}

}  // namespace
}  // namespace ordinal

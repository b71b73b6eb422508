#include "agent/base/histogram.h"

#include <gmock/gmock.h>

namespace ordinal {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

TEST(HistogramTest, ABoundBelongsToWhatLiesBelowIt) {
  static constexpr double kBounds[] = {.1, 1};
  Histogram histogram(kBounds);
  for (const int took : {50, 100, 101, 1000, 1001}) histogram.Observe(milliseconds(took));
  EXPECT_THAT(histogram.counts(), ElementsAre(2, 2, 1));
  EXPECT_EQ(histogram.count(), 5U);
  EXPECT_NEAR(histogram.sum(), 2.252, 1e-9);
}

TEST(HistogramTest, ACopyStandsStill) {
  Histogram histogram;
  histogram.Observe(milliseconds(1));
  const Histogram then = histogram;
  histogram.Observe(milliseconds(1));
  EXPECT_EQ(then.count(), 1U);
  EXPECT_EQ(histogram.count(), 2U);
}

}  // namespace
}  // namespace ordinal

#include "agent/api/protobuf/times.h"

#include <gtest/gtest.h>

#include <array>

namespace ordinal::api::protobuf {
namespace {

struct Written {
  const char* text;
  int64_t seconds;
  int32_t nanos;
};

// Seconds as `date -u -d TEXT +%s` counts them.
constexpr std::array<Written, 9> kMoments = {{
    {"2026-11-21T23:15:36.000123Z", 1795302936, 123'000},
    {"1970-01-01T00:00:01.000000Z", 1, 0},
    {"1969-12-31T23:59:59.500000Z", -1, 500'000'000},
    {"1700-01-01T00:00:00.000000Z", -8520336000, 0},
    {"1699-12-31T23:59:59.000000Z", -8520336001, 0},
    {"0001-01-01T00:00:02.000000Z", -62135596798, 0},
    {"2100-02-28T12:00:00.000000Z", 4107499200, 0},
    {"2400-02-29T00:00:00.000000Z", 13574563200, 0},
    {"9999-12-31T23:59:59.999999Z", 253402300799, 999'999'000},
}};

TEST(ProtobufTimes, OfAnyYearAreReadAndWritten) {
  for (const Written& each : kMoments) {
    const auto moment = MomentOf(each.text);
    ASSERT_TRUE(moment) << each.text;
    EXPECT_EQ(moment->seconds, each.seconds) << each.text;
    EXPECT_EQ(moment->nanos, each.nanos) << each.text;
    EXPECT_EQ(TextOf(*moment, true), each.text);
  }
  EXPECT_EQ(TextOf({-62135596798, 0}, false), "0001-01-01T00:00:02Z");
  EXPECT_EQ(MomentOf("2400-02-29T01:00:00+01:00")->seconds, 13574563200);
}

TEST(ProtobufTimes, WhatIsNoTimeIsNone) {
  for (const char* text : {"", "2026", "-001-01-01T00:00:00Z", "2023-02-29T00:00:00Z", "2026-11-21T23:15:36", "+026"}) {
    EXPECT_FALSE(MomentOf(text)) << text;
  }
  EXPECT_FALSE(TextOf({253402300800, 0}, true));
  EXPECT_FALSE(TextOf({-62135596801, 0}, true));
  EXPECT_FALSE(TextOf({0, -1}, true));
}

}  // namespace
}  // namespace ordinal::api::protobuf

#include "agent/apiserver/streams/log_lines.h"

#include <gtest/gtest.h>

namespace ordinal::apiserver::streams {
namespace {

constexpr char kLog[] =
    "2026-01-01T00:00:01.5Z stdout F one\n"
    "2026-01-01T00:00:02.123456789Z stderr F two\n"
    "2026-01-01T00:00:03Z stdout P thr\n"
    "2026-01-01T00:00:03.1Z stderr F between\n"
    "2026-01-01T00:00:04Z stdout F ee\n"
    "torn\n"
    "2026-01-01T00:00:05+01:00 stdout F:note \n"
    "2026-01-01T00:00:06Z stdout F\n";

std::string Written(const LogOptions& options) {
  LogWriter writer(options);
  std::string out;
  std::string_view log = kLog;
  while (!log.empty()) {
    writer.Write(log.substr(0, log.find('\n')), out);
    log.remove_prefix(log.find('\n') + 1);
  }
  return out;
}

TEST(LogLines, PartsOfALineAreJoinedAndTornOnesPassedOver) { EXPECT_EQ(Written({}), "one\ntwo\nthrbetween\nee\n\n\n"); }

TEST(LogLines, OneStreamAlone) {
  LogOptions options;
  options.source = LogOptions::Source::kStdout;
  EXPECT_EQ(Written(options), "one\nthree\n\n\n");
  options.source = LogOptions::Source::kStderr;
  EXPECT_EQ(Written(options), "two\nbetween\n");
}

TEST(LogLines, TimestampsHaveNineDigitsAndStandAtTheBeginningOfEachLine) {
  LogOptions options;
  options.timestamps = true;
  options.source = LogOptions::Source::kStdout;
  EXPECT_EQ(Written(options),
            "2026-01-01T00:00:01.500000000Z one\n"
            "2026-01-01T00:00:03.000000000Z three\n"
            "2026-01-01T00:00:05.000000000+01:00 \n"
            "2026-01-01T00:00:06.000000000Z \n");
}

TEST(LogLines, SinceCountsTheMomentItself) {
  LogOptions options;
  options.since = *ParseTime("2026-01-01T00:00:04Z");
  EXPECT_EQ(Written(options), "ee\n\n");
}

TEST(LogLines, LimitBytesCutsWhatIsSent) {
  const struct {
    int64_t limit;
    const char* sent;
  } kCases[] = {{1, "o"}, {4, "one\n"}, {6, "one\ntw"}, {1000, "one\ntwo\nthrbetween\nee\n\n\n"}};
  for (const auto& [limit, sent] : kCases) {
    LogOptions options;
    options.max_bytes = limit;
    EXPECT_EQ(Written(options), sent) << limit;
  }
}

TEST(LogLines, LimitCountsTimestampsToo) {
  LogOptions options;
  options.timestamps = true;
  options.max_bytes = 35;
  EXPECT_EQ(Written(options), "2026-01-01T00:00:01.500000000Z one\n");
}

TEST(LogLines, WhatIsNoLineOfTheFormat) {
  for (const char* line : {"", "x", "2026-01-01T00:00:01Z", "2026-01-01T00:00:01Z stdin F x", "a stdout Q x"}) {
    EXPECT_FALSE(ParseLogLine(line)) << line;
  }
}

}  // namespace
}  // namespace ordinal::apiserver::streams

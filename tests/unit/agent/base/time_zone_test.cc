// Offsets of the host's time zones, and of the rules that hold after the last change that a zone's file names.
#include "agent/base/time_zone.h"

#include <gtest/gtest.h>

namespace ordinal {
namespace {

int64_t OffsetOf(const std::string& zone, const char* time) {
  const auto loaded = TimeZone::Load(zone);
  EXPECT_TRUE(loaded.ok()) << (loaded.ok() ? "" : loaded.error().message);
  return loaded.ok() ? (*loaded)->OffsetAt(*ParseTime(time)) : -1;
}

TEST(TimeZone, OffsetsAreThoseOfTheDatabase) {
  EXPECT_EQ(OffsetOf("UTC", "2026-07-01T00:00:00Z"), 0);
  EXPECT_EQ(OffsetOf("Europe/Berlin", "2026-03-29T00:59:59Z"), 3600);
  EXPECT_EQ(OffsetOf("Europe/Berlin", "2026-03-29T01:00:00Z"), 7200);
  EXPECT_EQ(OffsetOf("Europe/Berlin", "2026-10-25T00:59:59Z"), 7200);
  EXPECT_EQ(OffsetOf("Europe/Berlin", "2026-10-25T01:00:00Z"), 3600);
  EXPECT_EQ(OffsetOf("America/New_York", "2026-07-01T00:00:00Z"), -4 * 3600);
  EXPECT_EQ(OffsetOf("Asia/Kolkata", "2026-07-01T00:00:00Z"), 19800);
  EXPECT_EQ(OffsetOf("Australia/Sydney", "2026-01-01T00:00:00Z"), 11 * 3600) << "summer is around the new year there";
}

TEST(TimeZone, AfterTheLastChangeOfTheFileItsRuleHolds) {
  EXPECT_EQ(OffsetOf("Europe/Berlin", "2099-07-01T00:00:00Z"), 7200);
  EXPECT_EQ(OffsetOf("Europe/Berlin", "2099-12-01T00:00:00Z"), 3600);
  EXPECT_EQ(OffsetOf("Australia/Sydney", "2099-12-01T00:00:00Z"), 11 * 3600);
  EXPECT_EQ(OffsetOf("Australia/Sydney", "2099-07-01T00:00:00Z"), 10 * 3600);
}

TEST(TimeZone, RulesAreReadAsPosixHasThem) {
  const auto berlin = ParseZoneRule("CET-1CEST,M3.5.0,M10.5.0/3");
  ASSERT_TRUE(berlin.ok());
  EXPECT_EQ(berlin->standard, 3600);
  EXPECT_EQ(berlin->summer, 7200);
  EXPECT_EQ(berlin->ends.second, 3 * 3600);
  const auto tehran = ParseZoneRule("<+0330>-3:30<+0430>,J79/24,J263/24");
  ASSERT_TRUE(tehran.ok());
  EXPECT_EQ(tehran->standard, 12600);
  EXPECT_EQ(tehran->summer, 16200);
  for (const char* wrong : {"", "C", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "UTC0x",
                            "CET-1CEST,M3.5.7,M10.5.0"}) {
    EXPECT_FALSE(ParseZoneRule(wrong).ok()) << wrong;
  }
}

TEST(TimeZone, OnlyNamesOfZonesAreOpened) {
  for (const char* wrong : {"", "../../etc/passwd", "/etc/passwd", "Europe/Nowhere", "Europe", "a b"}) {
    EXPECT_FALSE(TimeZone::Load(wrong).ok()) << wrong;
  }
  EXPECT_EQ(TimeZone::Load("Europe/Nowhere").error().code, ErrorCode::kNotFound);
}

TEST(TimeZone, DamagedFilesAreRefused) {
  const std::string start = std::string("TZif2") + std::string(15, '\0');
  EXPECT_FALSE(TimeZone::Parse("").ok());
  EXPECT_FALSE(TimeZone::Parse(start).ok());
  EXPECT_FALSE(TimeZone::Parse(start + std::string(24, '\xff')).ok());
  EXPECT_FALSE(TimeZone::Parse(start + std::string(200, '\x01')).ok());
}

}  // namespace
}  // namespace ordinal

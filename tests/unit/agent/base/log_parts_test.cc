#include "agent/base/log_parts.h"

#include <gtest/gtest.h>

namespace ordinal {
namespace {

TEST(LogParts, AreKnownByTheirNames) {
  using Form = LogPartName::Form;
  const struct {
    const char* name;
    const char* stamp;
    Form form;
  } kParts[] = {
      {"0.log.20261121-225400", "20261121-225400", Form::kPlain},
      {"0.log.20261121-225400.gz", "20261121-225400", Form::kCompressed},
      {"0.log.20261121-225400.tmp", "20261121-225400", Form::kDraft},
  };
  for (const auto& [name, stamp, form] : kParts) {
    const auto part = ReadLogPart("0.log", name);
    ASSERT_TRUE(part) << name;
    EXPECT_EQ(part->stamp, stamp);
    EXPECT_EQ(part->form, form) << name;
    EXPECT_EQ(RotatedLog("0.log", stamp), std::string_view(name).substr(0, 21));
  }
}

TEST(LogParts, WhatIsNoneOfThem) {
  for (const char* name :
       {"0.log", "0.log.", "1.log.20261121-225400", "10.log.20261121-225400", "0.log.20261121", "0.log.old",
        "0.log.20261321-225400", "0.log.99991231-235959", "0.log.20261121-225400.gz.tmp", "0.log.20261121-225400.bz2",
        "0.log20261121-225400", "0.log.20261121T225400", "0.log.+0261121-225400", ""}) {
    EXPECT_FALSE(ReadLogPart("0.log", name)) << name;
  }
}

TEST(LogParts, AreInOrderWhateverTheClockSays) {
  const WallTime now = *ParseTime("2026-11-21T22:54:00.9Z");
  EXPECT_EQ(NextLogStamp("", now), "20261121-225400");
  EXPECT_EQ(NextLogStamp("20261121-225359", now), "20261121-225400");
  EXPECT_EQ(NextLogStamp("20261121-225400", now), "20261121-225401") << "twice in a second";
  EXPECT_EQ(NextLogStamp("20261231-235959", now), "20270101-000000") << "the clock was set back";
}

}  // namespace
}  // namespace ordinal

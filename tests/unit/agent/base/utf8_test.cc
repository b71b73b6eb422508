#include "agent/base/utf8.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "agent/base/random.h"

namespace ordinal {
namespace {

const std::string kBad = "\xEF\xBF\xBD";  // U+FFFD

bool Valid(const std::string& text) { return FirstBadByte(text) == text.size(); }

TEST(Utf8, EveryByteOfNoCharacterIsReplaced) {
  struct Row {
    std::string given, expected;
  };
  const std::vector<Row> table = {
      {"", ""},
      {"plain \n\t", "plain \n\t"},
      {"\xC3\xA9t\xC3\xA9 \xF0\x9F\x90\xB3", "\xC3\xA9t\xC3\xA9 \xF0\x9F\x90\xB3"},
      {"\xFF", kBad},
      {"a\xFF\xFE"
       "b",
       "a" + kBad + kBad + "b"},
      {"cut \xE2\x82", "cut " + kBad + kBad},                                  // of the euro sign
      {"\x82\xAC tail", kBad + kBad + " tail"},                                // its rest
      {"\xC0\x80", kBad + kBad},                                               // NUL in two bytes
      {"\xED\xA0\x80", kBad + kBad + kBad},                                    // a surrogate
      {"\xF4\x90\x80\x80", kBad + kBad + kBad + kBad},                         // beyond U+10FFFF
      {std::string("a\0\x01\x1B[31m", 8), std::string("a\0\x01\x1B[31m", 8)},  // JSON escapes these
  };
  for (const Row& row : table) {
    EXPECT_EQ(ValidText(row.given), row.expected);
    EXPECT_EQ(ValidTail(row.given), row.expected);
  }
}

TEST(Utf8, TheBeginningIsCutBehindAWholeCharacter) {
  const std::string euros = "\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC";
  EXPECT_EQ(ValidText(euros, 9), euros);
  EXPECT_EQ(ValidText(euros, 8), euros.substr(0, 6));
  EXPECT_EQ(ValidText(euros, 6), euros.substr(0, 6));
  EXPECT_EQ(ValidText(euros, 2), "");
  EXPECT_EQ(ValidText("\xFF\xFF\xFF", 7), kBad + kBad);  // what replaces a byte counts too
}

TEST(Utf8, TheEndBeginsWithAWholeCharacter) {
  const std::string euros = "\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC";
  EXPECT_EQ(ValidTail(euros, 9), euros);
  EXPECT_EQ(ValidTail(euros, 8), euros.substr(3));
  EXPECT_EQ(ValidTail(euros, 4), euros.substr(6));
  EXPECT_EQ(ValidTail(euros, 2), "");
  EXPECT_EQ(ValidTail("\xFF\xFF\xFF", 7), kBad + kBad);
}

TEST(Utf8, RandomBytesBecomeValidAndStayWithinTheLimit) {
  SeededRandom random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(random.Next() % 300, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.Next());
    const size_t limit = random.Next() % 300;
    for (const std::string& text : {ValidText(bytes, limit), ValidTail(bytes, limit)}) {
      ASSERT_TRUE(Valid(text)) << i;
      ASSERT_LE(text.size(), limit) << i;
      ASSERT_GE(text.size() + 3, std::min(limit, bytes.size())) << "cut more than a character: " << i;
    }
  }
}

}  // namespace
}  // namespace ordinal

// The writer of texts against the library's: the same bytes.
#include "agent/api/text/json_text.h"

#include <gtest/gtest.h>

#include <limits>

#include "agent/api/text/go_text.h"
#include "agent/base/random.h"

namespace ordinal::api {
namespace {

std::string Dumped(const Json& value) { return AsGoWrites(value.dump(-1, ' ', false, Json::error_handler_t::replace)); }

TEST(JsonTextTest, WritesEveryKindOfValueAsTheLibraryDoes) {
  const std::vector<Json> values = {
      nullptr,
      true,
      false,
      0,
      -1,
      std::numeric_limits<int64_t>::min(),
      std::numeric_limits<uint64_t>::max(),
      0.5,
      1e300,
      std::numeric_limits<double>::infinity(),
      "",
      "plain",
      Json::object(),
      Json::array(),
      Json::array({1, "a", nullptr, Json::object(), Json::array({Json::array()})}),
      Json{{"f:status", {{R"(k:{"type":"Ready"})", {{".", Json::object()}}}}}, {"b", {{"x\ny", "\x7f"}}}, {"", 1}},
  };
  for (const Json& value : values) EXPECT_EQ(JsonText(value), Dumped(value));
}

TEST(JsonTextTest, WritesEveryByteAsTheLibraryDoes) {
  for (int byte = 0; byte < 256; ++byte) {
    const Json value = std::string("a") + static_cast<char>(byte) + "b\"";
    EXPECT_EQ(JsonText(value), Dumped(value)) << byte;
    const Json key = {{value.get<std::string>(), value}};
    EXPECT_EQ(JsonText(key), Dumped(key)) << byte;
  }
  for (const char* text : {"\xc3\xa4\"\n", "\xf0\x9f\x8c\x8d", "cut \xf0\x9f", "a\u2028<b", "<>&", "\xed\xa0\x80",
                           "\xc0\x80", "\xff\xfe"}) {
    EXPECT_EQ(JsonText(text), Dumped(text)) << text;
  }
}

TEST(JsonTextTest, WritesRandomStringsAsTheLibraryDoes) {
  SeededRandom random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (uint64_t length = random.Next() % 40; length > 0; --length) text += static_cast<char>(random.Next() % 256);
    EXPECT_EQ(JsonText(text), Dumped(text)) << round;
  }
}

TEST(JsonTextTest, ThrowsForWhatIsNotUtf8WhenAskedTo) {
  EXPECT_EQ(JsonText("\xc3\xa4<", Json::error_handler_t::strict), "\"\xc3\xa4\\u003c\"");
  const Json inside = {{"a", Json::array({"cut \xf0\x9f"})}}, name = {{"\xff", 1}};
  EXPECT_THROW(JsonText(inside, Json::error_handler_t::strict), Json::exception);
  EXPECT_THROW(JsonText(name, Json::error_handler_t::strict), Json::exception);
}

TEST(JsonTextTest, AppendsToWhatIsThere) {
  std::string text = "x";
  AppendJsonString("\xc3\xa4", text);
  AppendJson(Json("b"), text);
  EXPECT_EQ(text, "x\"\xc3\xa4\"\"b\"");
}

}  // namespace
}  // namespace ordinal::api

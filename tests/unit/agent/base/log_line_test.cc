#include "agent/base/log_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "agent/base/log.h"

namespace ordinal::log {
namespace {

struct Row {
  std::string message, line;
};

class LogLine : public testing::TestWithParam<Row> {};

TEST_P(LogLine, ShowsWhatCanBeShown) { EXPECT_EQ(OneLine(GetParam().message), GetParam().line); }

INSTANTIATE_TEST_SUITE_P(
    Messages, LogLine,
    testing::Values(Row{"pod default/kubia-0: grüße, 日本, 😀", "pod default/kubia-0: grüße, 日本, 😀"},
                    Row{"a\nb\r\n", "a\\nb\\x0d\\n"}, Row{"\x1b[31mred\x07\t", "\\x1b[31mred\\x07\\x09"},
                    Row{std::string("nul\0!", 5), "nul\\x00!"}, Row{"\x7f", "\\x7f"},
                    Row{"C1 \xC2\x9B", "C1 \\xc2\\x9b"}, Row{"cut \xE2\x82", "cut \\xe2\\x82"},
                    Row{"no UTF-8 \xFF\xC0\x80", "no UTF-8 \\xff\\xc0\\x80"},
                    Row{"surrogate \xED\xA0\x80", "surrogate \\xed\\xa0\\x80"},
                    Row{"separator \xE2\x80\xA8", "separator \\xe2\\x80\\xa8"},
                    Row{"turned \xE2\x80\xAE", "turned \\xe2\\x80\\xae"}));

TEST(LogLineLength, IsBounded) {
  const std::string line = OneLine(std::string(1 << 20, 'x'));
  EXPECT_LT(line.size(), 17U * 1024);
  EXPECT_THAT(line, testing::EndsWith(" bytes more)"));
}

TEST(LogWrite, MakesOneLineOfAForgedOne) {
  testing::internal::CaptureStderr();
  Warning("image {}: no such image", "x\n2026-01-01T00:00:00.000Z error   forged");
  const std::string written = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 1) << written;
  EXPECT_THAT(written, testing::HasSubstr("image x\\n2026-01-01T00:00:00.000Z error   forged: no such image"));
}

}  // namespace
}  // namespace ordinal::log

#include "agent/apiserver/streams/log_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/fakes/scratch_directory.h"

namespace ordinal::apiserver::streams {
namespace {

std::string Line(const std::string& text, char tag = 'F') {
  return fmt::format("2026-01-01T00:00:00Z stdout {} {}\n", tag, text);
}

class LogFileTest : public ::testing::Test {
 protected:
  void Append(const std::string& content) { std::ofstream(path_, std::ios::app) << content; }

  static LogOptions Followed() {
    LogOptions options;
    options.follow = true;
    return options;
  }

  std::unique_ptr<LogFile> Open(const LogOptions& options = Followed()) {
    auto file = LogFile::Open(path_, options);
    EXPECT_TRUE(file.ok()) << file.error().message;
    return file.ok() ? std::move(*file) : nullptr;
  }

  /// Everything that is there now.
  static std::string ReadAll(LogFile& file) {
    std::string all;
    for (;;) {
      const auto piece = file.Read();
      EXPECT_TRUE(piece.ok()) << piece.error().message;
      if (!piece.ok()) return all;
      all += piece->text;
      if (piece->then == LogPiece::Then::kEnd) return all;
    }
  }

  std::string Tail(int64_t lines) {
    LogOptions options;
    options.tail = lines;
    return ReadAll(*Open(options));
  }

  fakes::ScratchDirectory directory_;
  const std::string path_ = directory_ / "0.log";
};

TEST_F(LogFileTest, AMissingLogIsNotFound) { EXPECT_EQ(LogFile::Open(path_, {}).error().code, ErrorCode::kNotFound); }

TEST_F(LogFileTest, APipeInItsPlaceIsRefusedAtOnce) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_FALSE(LogFile::Open(path_, {}).ok());
}

TEST_F(LogFileTest, GrowsWhileItIsRead) {
  Append(Line("a"));
  const auto file = Open();
  EXPECT_EQ(ReadAll(*file), "a\n");
  Append(Line("b") + "2026-01-01T00:00:00Z stdout F c");
  EXPECT_EQ(ReadAll(*file), "b\n") << "the end of the last line is not there yet";
  Append("d\n");
  EXPECT_EQ(ReadAll(*file), "cd\n");
}

TEST_F(LogFileTest, TailCountsWholeLines) {
  Append(Line("1") + Line("2") + Line("lo", 'P') + Line("ng") + Line("4"));
  EXPECT_EQ(Tail(0), "");
  EXPECT_EQ(Tail(1), "4\n");
  EXPECT_EQ(Tail(2), "long\n4\n");
  EXPECT_EQ(Tail(3), "2\nlong\n4\n");
  EXPECT_EQ(Tail(4), "1\n2\nlong\n4\n");
  EXPECT_EQ(Tail(100), "1\n2\nlong\n4\n");
}

TEST_F(LogFileTest, TailOfALogThatEndsInsideALine) {
  Append(Line("1") + Line("2") + Line("lo", 'P'));
  EXPECT_EQ(Tail(1), "lo");
  EXPECT_EQ(Tail(2), "2\nlo");
  Append("2026-01-01T00:00:00Z std");
  EXPECT_EQ(Tail(2), "2\nlo");
}

TEST_F(LogFileTest, TailLooksFarBack) {
  for (int i = 0; i < 20; ++i) Append(Line(std::string(16 << 10, 'x')));
  Append(Line("end"));
  EXPECT_EQ(Tail(1), "end\n");
  EXPECT_EQ(Tail(11).size(), 10U * ((16 << 10) + 1) + 4);
  EXPECT_EQ(Tail(21), Tail(22));
}

TEST_F(LogFileTest, ALogThatIsCutShortIsReadFromItsBeginning) {
  Append(Line("a") + Line("b"));
  const auto file = Open();
  EXPECT_EQ(ReadAll(*file), "a\nb\n");
  std::filesystem::resize_file(path_, 0);
  Append(Line("c"));
  EXPECT_EQ(ReadAll(*file), "c\n");
}

TEST_F(LogFileTest, EndsAtTheLimit) {
  Append(Line("abc") + Line("def"));
  LogOptions options;
  options.max_bytes = 6;
  const auto file = Open(options);
  EXPECT_EQ(ReadAll(*file), "abc\nde");
  EXPECT_TRUE(file->Full());
}

TEST_F(LogFileTest, WhatIsWrittenWhileItIsReadIsNotWaitedFor) {
  Append(Line("a"));
  const auto file = Open({});
  Append(Line("b"));
  EXPECT_EQ(ReadAll(*file), "a\n") << "who writes faster than the client reads would never let it end";
  LogOptions options;
  options.tail = 1;
  const auto tail = Open(options);
  Append(Line("c"));
  EXPECT_EQ(ReadAll(*tail), "b\n");
}

}  // namespace
}  // namespace ordinal::apiserver::streams

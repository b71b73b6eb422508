// Logs that are rotated at random moments of their reading, and by another thread: each line once, in order.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>
#include <stop_token>
#include <thread>

#include "agent/apiserver/streams/log_file.h"
#include "agent/base/log_parts.h"
#include "tests/fakes/image_tarball.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::apiserver::streams {
namespace {

namespace fs = std::filesystem;

/// A log whose lines are numbered, some of them in several records, and what a client should get of it.
class NumberedLog {
 public:
  explicit NumberedLog(std::string path) : path_(std::move(path)) { Append(false); }

  void Append(bool partial) {
    const int record = ++records_;
    std::ofstream(path_, std::ios::app) << fmt::format("2026-01-01T00:00:00.{:09}Z stdout {} {},\n", record,
                                                       partial ? 'P' : 'F', record);
    text_ += fmt::format("{},{}", record, partial ? "" : "\n");
  }
  void Rename() {
    stamp_ = NextLogStamp(stamp_, WallTime());
    fs::rename(path_, RotatedLog(path_, stamp_));
  }
  void TakeBack() { fs::rename(RotatedLog(path_, stamp_), path_); }
  void BeginAnew() { std::ofstream(path_, std::ios::app); }
  /// All parts but the newest one.
  void Compress() {
    for (const auto& entry : fs::directory_iterator(fs::path(path_).parent_path())) {
      const std::string part = entry.path();
      if (part == path_ || part.ends_with(".gz") || part == RotatedLog(path_, stamp_)) continue;
      fakes::WriteFile(part + ".tmp", fakes::Gzip(fakes::ReadFile(part)));
      fs::rename(part + ".tmp", part + ".gz");
      fs::remove(part);
    }
  }

  const std::string& path() const { return path_; }
  const std::string& text() const { return text_; }
  /// The last `lines` of it.
  std::string Tail(size_t lines) const {
    size_t begin = text_.size();
    if (lines > 0 && text_.back() != '\n') begin = text_.rfind('\n') + 1, --lines;
    for (; lines > 0 && begin > 0; --lines) begin = begin == 1 ? 0 : text_.rfind('\n', begin - 2) + 1;
    return text_.substr(begin);
  }

 private:
  const std::string path_;
  int records_ = 0;
  std::string text_, stamp_;
};

/// At most so many pieces, fewer when there is no more.
std::string ReadPieces(LogFile& file, int most) {
  std::string text;
  for (LogPiece::Then then = LogPiece::Then::kMore; most > 0 && then != LogPiece::Then::kEnd; --most) {
    const auto piece = file.Read();
    EXPECT_TRUE(piece.ok()) << piece.error().message;
    if (!piece.ok()) break;
    text += piece->text;
    then = piece->then;
  }
  return text;
}

std::string ReadWith(const std::string& path, const LogOptions& options) {
  const auto file = LogFile::Open(path, options);
  EXPECT_TRUE(file.ok()) << file.error().message;
  return file.ok() ? ReadPieces(**file, 1'000'000) : "";
}

TEST(RandomlyRotatedLog, IsReadFollowedAndCountedRight) {
  for (uint32_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const fakes::ScratchDirectory directory;
    NumberedLog log(directory / "0.log");
    LogOptions follow;
    follow.follow = true;
    const auto file = LogFile::Open(log.path(), follow);
    ASSERT_TRUE(file.ok());
    std::string followed;
    for (int step = 0; step < 40; ++step) {
      const uint32_t what = random() % 5;
      if (what < 2) log.Append(random() % 4 == 0);
      if (what > 2) followed += ReadPieces(**file, static_cast<int>(random() % 6));
      if (what != 2) continue;
      log.Rename();
      if (random() % 2 == 0) followed += ReadPieces(**file, static_cast<int>(random() % 5));
      if (random() % 4 == 0) log.TakeBack();
      log.BeginAnew();
      if (random() % 2 == 0) log.Compress();
    }
    followed += ReadPieces(**file, 1'000'000);
    ASSERT_EQ(followed, log.text());
    ASSERT_EQ(ReadWith(log.path(), {}), log.text());
    for (int64_t lines = 0; lines < 25; ++lines) {
      LogOptions options;
      options.tail = lines;
      ASSERT_EQ(ReadWith(log.path(), options), log.Tail(static_cast<size_t>(lines))) << lines;
    }
  }
}

TEST(RandomlyRotatedLog, IsWholeWhenItIsOpenedInTheMiddleOfARotation) {
  const fakes::ScratchDirectory directory;
  NumberedLog log(directory / "0.log");
  std::atomic<bool> done = false;
  std::atomic<int> reads = 0;
  std::jthread rotations([&](const std::stop_token& stop) {
    for (int i = 0; i < 80; ++i) {
      // Eight at a time, then it waits for a reader to keep up.
      const int before = reads;
      while (i % 8 == 7 && reads == before && !stop.stop_requested()) std::this_thread::yield();
      log.Rename();
      log.BeginAnew();
      log.Append(false);
      if (i % 4 == 0) log.Compress();
    }
    done = true;
  });
  for (bool last = false; !last;) {
    last = done;
    // Rotations are a second apart; here it may find them one after another, and give up.
    const auto file = LogFile::Open(log.path(), {});
    if (!file.ok()) {
      ASSERT_EQ(file.error().code, ErrorCode::kUnavailable) << file.error().message;
      continue;
    }
    const std::string read = ReadPieces(**file, 1'000'000);
    std::string expected;
    for (int line = 1; expected.size() < read.size(); ++line) expected += fmt::format("{},\n", line);
    ASSERT_EQ(read, expected) << "none is missing and none is there twice";
    ++reads;
  }
  rotations.join();
  EXPECT_EQ(ReadWith(log.path(), {}), log.text());
  EXPECT_GT(reads.load(), 10) << "one each time it was waited for, and the last";
}

}  // namespace
}  // namespace ordinal::apiserver::streams

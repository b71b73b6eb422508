// A log over its rotated and compressed parts: each line once and in order, whatever is rotated meanwhile.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "agent/apiserver/streams/log_file.h"
#include "tests/fakes/image_tarball.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::apiserver::streams {
namespace {

namespace fs = std::filesystem;
using Then = LogPiece::Then;

constexpr char kOldest[] = ".20251231-000000", kMiddle[] = ".20260101-000000", kNewest[] = ".20260102-000000";

std::string Record(const std::string& text, char tag = 'F') {
  return fmt::format("2026-01-01T00:00:00.{:09}Z stdout {} {}\n", std::hash<std::string>()(text) % 1'000'000'000, tag,
                     text);
}

class RotatedLogTest : public ::testing::Test {
 protected:
  void Append(const std::string& text, const std::string& part = {}) {
    std::ofstream(path_ + part, std::ios::app) << text;
  }
  void PutCompressed(const std::string& part, const std::string& text) {
    fakes::WriteFile(path_ + part + ".gz", fakes::Gzip(text));
  }
  /// As a rotation: the runtime goes on in a new file.
  void Rotate(const std::string& part) {
    fs::rename(path_, path_ + part);
    Append("");
  }
  void Compress(const std::string& part) {
    PutCompressed(part, fakes::ReadFile(path_ + part));
    fs::remove(path_ + part);
  }

  std::unique_ptr<LogFile> Open(LogOptions options = {}, bool follow = true) {
    options.follow = follow;
    auto file = LogFile::Open(path_, options);
    EXPECT_TRUE(file.ok()) << file.error().message;
    return file.ok() ? std::move(*file) : nullptr;
  }

  /// Everything that is there now; the moments that the runtime is given are counted.
  std::string ReadAll(LogFile& file) {
    std::string all;
    for (;;) {
      const auto piece = file.Read();
      EXPECT_TRUE(piece.ok()) << piece.error().message;
      if (!piece.ok()) return all;
      all += piece->text;
      if (piece->then == Then::kEnd) return all;
      if (piece->then == Then::kMoment) ++moments_;
    }
  }
  std::string Whole() { return ReadAll(*Open({}, false)); }
  std::string Tail(int64_t lines) {
    LogOptions options;
    options.tail = lines;
    return ReadAll(*Open(options, false));
  }

  fakes::ScratchDirectory directory_;
  const std::string path_ = directory_ / "0.log";
  int moments_ = 0;
};

TEST_F(RotatedLogTest, PartsComeFirstTheOldestFirst) {
  PutCompressed(kOldest, Record("a") + Record("b"));
  Append(Record("c"), kMiddle);
  Append(Record("d"), kNewest);
  fakes::WriteFile(directory_ / "1.log", Record("another run"));
  fakes::WriteFile(path_ + ".20260103-000000.tmp", Record("a draft"));
  fakes::WriteFile(path_ + ".old", Record("somebody's"));
  Append(Record("e"));
  EXPECT_EQ(Whole(), "a\nb\nc\nd\ne\n");
  EXPECT_EQ(moments_, 0) << "nobody waits who does not follow";
  const char* kTails[] = {"", "e\n", "d\ne\n", "c\nd\ne\n", "b\nc\nd\ne\n", "a\nb\nc\nd\ne\n", "a\nb\nc\nd\ne\n"};
  for (int64_t lines = 0; lines < 7; ++lines) EXPECT_EQ(Tail(lines), kTails[lines]) << lines;
}

TEST_F(RotatedLogTest, ALineOverTwoPartsIsOne) {
  PutCompressed(kOldest, Record("1") + Record("lo", 'P'));
  PutCompressed(kMiddle, Record("o", 'P') + Record("ng") + Record("3") + Record("be", 'P'));
  Append(Record("yond") + Record("5"));
  EXPECT_EQ(Whole(), "1\nloong\n3\nbeyond\n5\n");
  const char* kTails[] = {
      "", "5\n", "beyond\n5\n", "3\nbeyond\n5\n", "loong\n3\nbeyond\n5\n", "1\nloong\n3\nbeyond\n5\n"};
  for (int64_t lines = 0; lines < 6; ++lines) EXPECT_EQ(Tail(lines), kTails[lines]) << lines;
}

TEST_F(RotatedLogTest, TailOfALogThatWasJustRotated) {
  PutCompressed(kNewest, Record("1") + Record("2") + Record("a beginning", 'P'));
  Append("");
  EXPECT_EQ(Tail(0), "");
  EXPECT_EQ(Tail(1), "a beginning");
  EXPECT_EQ(Tail(2), "2\na beginning");
}

TEST_F(RotatedLogTest, TailLooksFarBackInCompressedParts) {
  std::string text;
  std::string last;
  for (int i = 0; i < 60'000; ++i) text += Record(fmt::format("line {}", i));
  for (int i = 59'000; i < 60'000; ++i) last += fmt::format("line {}\n", i);
  PutCompressed(kNewest, text);
  Append(Record("end"));
  EXPECT_EQ(Tail(1001), last + "end\n");
  EXPECT_EQ(Tail(70'000), Whole());
}

TEST_F(RotatedLogTest, APartInBothFormsCountsOnce) {
  Append(Record("a"), kNewest);
  PutCompressed(kNewest, Record("a"));
  Append(Record("b"));
  EXPECT_EQ(Whole(), "a\nb\n");
}

TEST_F(RotatedLogTest, WhatCannotBeReadToItsEndIsSaid) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += Record(fmt::format("{} {}", i, std::hash<int>()(i) * 2'654'435'761U));
  const std::string whole = fakes::Gzip(text);
  fakes::WriteFile(path_ + kOldest + ".gz", whole.substr(0, whole.size() / 2));
  std::string damaged = whole;
  damaged.replace(damaged.size() / 2, 30, 30, '\0');
  fakes::WriteFile(path_ + kMiddle + ".gz", damaged);
  fakes::WriteFile(path_ + kNewest + ".gz", "");
  Append(Record("end"));
  const std::string read = Whole();
  EXPECT_TRUE(read.starts_with("0 ")) << read.substr(0, 100);
  EXPECT_NE(read.find("[ordinald: " + path_ + kOldest + ".gz is cut off: lines are missing here]\n"),
            std::string::npos);
  EXPECT_NE(read.find(std::string(kMiddle) + ".gz is damaged: lines are missing here]\n"), std::string::npos);
  EXPECT_NE(read.find(std::string(kNewest) + ".gz is cut off: lines are missing here]\n"), std::string::npos);
  EXPECT_TRUE(read.ends_with("]\nend\n"));
  EXPECT_TRUE(Tail(1).ends_with("end\n"));
}

TEST_F(RotatedLogTest, TailOfAPartThatIsCutOffBeginsWithItsLastReadableLines) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += Record(fmt::format("{} {}", i, std::hash<int>()(i) * 2'654'435'761U));
  const std::string whole = fakes::Gzip(text);
  for (const size_t parts : {size_t{2}, size_t{3}, size_t{5}}) {
    fakes::WriteFile(path_ + kNewest + ".gz", whole.substr(0, whole.size() / parts));
    fakes::WriteFile(path_, Record("end"));
    const std::string read = Whole();
    ASSERT_TRUE(read.ends_with(kNewest + std::string(".gz is cut off: lines are missing here]\nend\n")));
    size_t begin = read.size();
    for (int lines = 0; lines < 11; ++lines) begin = read.rfind('\n', begin - 2) + 1;
    EXPECT_EQ(Tail(10), read.substr(begin)) << "nine lines, the note and the end";
  }
}

TEST_F(RotatedLogTest, APartThatCannotBeOpenedIsAnError) {
  Append(Record("a"), kNewest);
  Append(Record("b"));
  fs::permissions(directory_.path(), fs::perms(0755));
  fs::permissions(path_ + kNewest, fs::perms::none);
  if (geteuid() == 0) setfsuid(65534);  // root may open everything; of this thread alone
  const int opened = ::open((path_ + kNewest).c_str(), O_RDONLY | O_CLOEXEC);
  const auto file = LogFile::Open(path_, {});
  setfsuid(geteuid());
  if (opened >= 0) ::close(opened);
  if (opened >= 0) GTEST_SKIP() << "whoever runs this may open everything";
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, ErrorCode::kPermissionDenied) << file.error().message;
}

TEST_F(RotatedLogTest, SeveralCompressedTextsInOneFileAreOnePart) {
  fakes::WriteFile(path_ + kNewest + ".gz",
                   fakes::Gzip(Record("a")) + fakes::Gzip(Record("b")) + std::string(512, '\0'));
  Append(Record("c"));
  EXPECT_EQ(Whole(), "a\nb\nc\n");
}

TEST_F(RotatedLogTest, LinesThatARebootCutOffDoNotSpoilOthers) {
  Append(Record("a") + "2026-01-01T00:00:00Z stdout F to", kNewest);
  Append(Record("b"));
  EXPECT_EQ(Whole(), "a\nto\nb\n");
}

TEST_F(RotatedLogTest, ManyPartsWithoutAnythingWantedAreReadInPieces) {
  // One bomb: it says 64 MiB and is no log.
  std::string zeros = fakes::Gzip(std::string(64 << 20, '\0'));
  fakes::WriteFile(path_ + kNewest + ".gz", zeros);
  Append(Record("a"));
  const auto file = Open({}, false);
  int pieces = 0;
  std::string all;
  for (Then then = Then::kMore; then != Then::kEnd; ++pieces) {
    const auto piece = file->Read();
    ASSERT_TRUE(piece.ok());
    all += piece->text;
    then = piece->then;
  }
  EXPECT_EQ(all, "a\n");
  EXPECT_GE(pieces, 60) << "a megabyte at a time";
}

TEST_F(RotatedLogTest, SincePassesOldPartsOver) {
  // What is wanted by its own time shows that these are not even looked at.
  Append("2026-01-01T00:00:20Z stdout F not looked at\n", kOldest);
  Append("2026-01-01T00:00:20Z stdout F not looked at\n", kMiddle);
  Append("2026-01-01T00:00:09Z stdout F old\n2026-01-01T00:00:10Z stdout F a\n", kNewest);
  Append("2026-01-01T00:00:11Z stdout F b\n");
  const auto written = [&](const std::string& part, const char* time) {
    const auto at = std::chrono::floor<std::chrono::seconds>(*ParseTime(time));
    const timespec when{at.time_since_epoch().count(), 0};
    const timespec times[2] = {when, when};
    ASSERT_EQ(utimensat(AT_FDCWD, (path_ + part).c_str(), times, 0), 0);
  };
  written(kOldest, "2026-01-01T00:00:07Z");
  written(kMiddle, "2026-01-01T00:00:08Z");
  written(kNewest, "2026-01-01T00:00:10Z");
  LogOptions options;
  options.since = *ParseTime("2026-01-01T00:00:10Z");
  EXPECT_EQ(ReadAll(*Open(options, false)), "a\nb\n");
  options.tail = 3;
  EXPECT_EQ(ReadAll(*Open(options, false)), "a\nb\n");
  EXPECT_EQ(ReadAll(*Open(options, true)), "a\nb\n");
}

TEST_F(RotatedLogTest, ALogThatIsJustRenamedIsReadAllTheSame) {
  Append(Record("a"));
  fs::rename(path_, path_ + kNewest);
  EXPECT_EQ(Whole(), "a\n");
  const auto file = Open();
  EXPECT_EQ(ReadAll(*file), "a\n");
  Append(Record("b"), kNewest);
  Append(Record("c"));
  EXPECT_EQ(ReadAll(*file), "b\nc\n");
}

TEST_F(RotatedLogTest, FollowedOverARotationNothingIsLost) {
  Append(Record("a"));
  const auto file = Open();
  EXPECT_EQ(ReadAll(*file), "a\n");
  std::ofstream runtime(path_, std::ios::app);
  fs::rename(path_, path_ + kMiddle);
  EXPECT_EQ(ReadAll(*file), "") << "the new file is not there yet";
  runtime << Record("b") << std::flush;
  Append(Record("d"));
  EXPECT_EQ(moments_, 0);
  EXPECT_EQ(file->Read()->text, "b\n");
  EXPECT_EQ(file->Read()->then, Then::kMoment) << "the runtime may still write to it";
  EXPECT_EQ(file->Read()->then, Then::kMoment) << "it still may";
  runtime << Record("c");
  runtime.close();
  EXPECT_EQ(ReadAll(*file), "c\nd\n");
  Append(Record("e"));
  EXPECT_EQ(ReadAll(*file), "e\n");
}

TEST_F(RotatedLogTest, WhoeverKeepsAPartOpenDoesNotHoldUpItsReaders) {
  Append(Record("a"));
  const std::ofstream runtime(path_, std::ios::app);
  Rotate(kMiddle);
  Append(Record("b"));
  EXPECT_EQ(ReadAll(*Open()), "a\nb\n");
  EXPECT_GT(moments_, 1);
  EXPECT_LE(moments_, 50);
}

TEST_F(RotatedLogTest, OfTwoRotationsInARowTheLastWordsOfBothAreAwaited) {
  for (const bool follows_before : {false, true}) {
    for (const auto& entry : fs::directory_iterator(directory_.path())) fs::remove(entry.path());
    Append(Record("a"));
    std::ofstream first(path_, std::ios::app);
    std::unique_ptr<LogFile> file;
    if (follows_before) file = Open();
    Rotate(kOldest);
    std::ofstream second(path_, std::ios::app);
    Rotate(kMiddle);
    Append(Record("d"));
    if (!file) file = Open({}, false);
    EXPECT_EQ(file->Read()->text, "a\n");
    EXPECT_EQ(file->Read()->then, Then::kMoment) << follows_before;
    first << Record("b");
    first.close();
    EXPECT_EQ(file->Read()->text, "b\n");
    second << Record("c");
    second.close();
    EXPECT_EQ(ReadAll(*file), "c\nd\n") << follows_before;
  }
}

TEST_F(RotatedLogTest, ReadInTheMomentOfARotationNothingIsMissingInTheMiddle) {
  Append(Record("a"));
  std::ofstream runtime(path_, std::ios::app);
  Rotate(kMiddle);
  Append(Record("c"));
  const auto file = Open({}, false);
  EXPECT_EQ(file->Read()->text, "a\n");
  EXPECT_EQ(file->Read()->then, Then::kMoment);
  runtime << Record("b");
  runtime.close();
  EXPECT_EQ(ReadAll(*file), "b\nc\n");
}

TEST_F(RotatedLogTest, FollowedOverARenameThatWasTakenBackNothingIsDoubled) {
  Append(Record("a"));
  const auto file = Open();
  EXPECT_EQ(ReadAll(*file), "a\n");
  fs::rename(path_, path_ + kMiddle);
  EXPECT_EQ(ReadAll(*file), "");
  fs::rename(path_ + kMiddle, path_);
  Append(Record("b"));
  EXPECT_EQ(ReadAll(*file), "b\n");
  Rotate(kNewest);
  Append(Record("c"));
  EXPECT_EQ(ReadAll(*file), "c\n");
}

TEST_F(RotatedLogTest, WhoIsSlowMissesNoPart) {
  // given a client that has read one line of a part that is renamed, and compressed, and others after it
  for (const bool compressed : {false, true}) {
    for (const auto& entry : fs::directory_iterator(directory_.path())) fs::remove(entry.path());
    Append(Record("a"));
    const auto file = Open();
    EXPECT_EQ(ReadAll(*file), "a\n");
    Append(Record("b"));
    Rotate(kOldest);
    Append(Record("c"));
    Rotate(kMiddle);
    if (compressed) Compress(kOldest);
    Append(Record("d"));
    Rotate(kNewest);
    if (compressed) Compress(kMiddle);
    Append(Record("e"));
    EXPECT_EQ(ReadAll(*file), "b\nc\nd\ne\n") << compressed;
  }
}

TEST_F(RotatedLogTest, APartThatIsRemovedWhileItIsReadIsReadToItsEnd) {
  Append(Record("a"));
  const auto file = Open();
  EXPECT_EQ(ReadAll(*file), "a\n");
  Append(Record("b"));
  Rotate(kOldest);
  fs::remove(path_ + kOldest);
  PutCompressed(kMiddle, Record("c"));
  EXPECT_EQ(ReadAll(*file), "b\nc\n") << "the next one is not taken for it";
}

TEST_F(RotatedLogTest, WhatIsNoFileIsPassedOver) {
  fakes::WriteFile(directory_ / "elsewhere", Record("a secret"));
  fs::create_symlink(directory_ / "elsewhere", path_ + kOldest);
  ASSERT_EQ(mkfifo((path_ + kMiddle).c_str(), 0600), 0);
  Append(Record("a"));
  EXPECT_EQ(Whole(), "a\n");
}

}  // namespace
}  // namespace ordinal::apiserver::streams

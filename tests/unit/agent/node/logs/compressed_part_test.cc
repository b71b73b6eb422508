#include "agent/node/logs/compressed_part.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/fakes/scratch_directory.h"
#include "tests/unit/agent/node/logs/gzip_text.h"

namespace ordinal::node {
namespace {

namespace fs = std::filesystem;

class CompressedPartTest : public testing::Test {
 protected:
  std::unique_ptr<CompressedPart> Begin() {
    auto begun = CompressedPart::Begin(part_);
    EXPECT_TRUE(begun.ok()) << begun.error().message;
    return begun.ok() ? std::move(*begun) : nullptr;
  }

  static int Compress(CompressedPart& part) {
    for (int steps = 1;; ++steps) {
      const auto done = part.Step();
      EXPECT_TRUE(done.ok()) << done.error().message;
      if (!done.ok() || *done) return steps;
    }
  }

  fakes::ScratchDirectory directory_;
  const std::string part_ = directory_ / "0.log.20260101-000000";
};

TEST_F(CompressedPartTest, HasAllOfItsTextItsModeAndItsTime) {
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += std::to_string(i) + " a line\n";
  fakes::WriteFile(part_, text);
  ASSERT_EQ(chmod(part_.c_str(), 0640), 0);
  const auto written = fs::last_write_time(part_) - std::chrono::hours(1);
  fs::last_write_time(part_, written);
  EXPECT_GT(Compress(*Begin()), 3) << "in pieces";
  EXPECT_FALSE(fs::exists(part_));
  EXPECT_FALSE(fs::exists(part_ + ".tmp"));
  const std::string compressed = part_ + ".gz";
  EXPECT_TRUE(Gunzipped(compressed) == text);
  EXPECT_LT(fs::file_size(compressed), text.size() / 3);
  EXPECT_EQ(fs::status(compressed).permissions(), fs::perms(0640));
  EXPECT_EQ(fs::last_write_time(compressed), written);
}

TEST_F(CompressedPartTest, OneThatIsGivenUpLeavesNothing) {
  fakes::WriteFile(part_, std::string(3 << 20, 'x'));
  fakes::WriteFile(part_ + ".tmp", "of an earlier one");
  auto begun = Begin();
  ASSERT_TRUE(begun->Step().ok());
  EXPECT_TRUE(fs::exists(part_ + ".tmp"));
  begun.reset();
  EXPECT_FALSE(fs::exists(part_ + ".tmp"));
  EXPECT_TRUE(fs::exists(part_));
}

TEST_F(CompressedPartTest, APartThatWasRemovedMeanwhileDoesNotComeBack) {
  fakes::WriteFile(part_, "text");
  auto begun = Begin();
  ASSERT_TRUE(begun->Step().ok());
  fs::remove(part_);
  EXPECT_EQ(begun->Step().error().code, ErrorCode::kNotFound);
  begun.reset();
  EXPECT_TRUE(fs::is_empty(directory_.path()));
  EXPECT_EQ(CompressedPart::Begin(part_).error().code, ErrorCode::kNotFound);
}

TEST_F(CompressedPartTest, WhatTheRuntimeStillWritesToWaits) {
  fakes::WriteFile(part_, "text");
  std::ofstream runtime(part_, std::ios::app);
  EXPECT_EQ(CompressedPart::Begin(part_).error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(fs::exists(part_ + ".tmp"));
  runtime << " and last words";
  runtime.close();
  Compress(*Begin());
  EXPECT_EQ(Gunzipped(part_ + ".gz"), "text and last words");
}

TEST_F(CompressedPartTest, WhatIsNoFileIsRefused) {
  fakes::WriteFile(directory_ / "elsewhere", "a secret");
  fs::create_symlink(directory_ / "elsewhere", part_);
  EXPECT_FALSE(CompressedPart::Begin(part_).ok());
  fs::remove(part_);
  ASSERT_EQ(mkfifo(part_.c_str(), 0600), 0);
  EXPECT_FALSE(CompressedPart::Begin(part_).ok());
  EXPECT_FALSE(fs::exists(part_ + ".tmp"));
}

}  // namespace
}  // namespace ordinal::node

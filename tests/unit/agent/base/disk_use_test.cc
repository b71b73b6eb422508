// What the files below a directory take of the disk.
#include "agent/base/disk_use.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/fakes/scratch_directory.h"

namespace ordinal {
namespace {

constexpr int64_t kFile = 1 << 20;

class DiskUseTest : public ::testing::Test {
 protected:
  TreeSize Size(DiskUseBounds bounds = {}) {
    const auto size = DiskUseBelow(directory_.path(), bounds);
    EXPECT_TRUE(size.ok());
    return size.ok() ? *size : TreeSize();
  }
  void Add(const std::string& name) { fakes::WriteFile(directory_ / name, std::string(kFile, 'x')); }

  fakes::ScratchDirectory directory_;
};

TEST_F(DiskUseTest, CountsFilesAndDirectoriesAtEveryDepth) {
  Add("a");
  Add("b/c/d");
  EXPECT_GE(Size().bytes, 2 * kFile);
  EXPECT_LT(Size().bytes, 3 * kFile);
  EXPECT_EQ(Size().files, 5);  // with the directory itself
}

TEST_F(DiskUseTest, AFileWithTwoNamesIsOneAndALinkIsNotFollowed) {
  Add("a");
  ASSERT_EQ(::link((directory_ / "a").c_str(), (directory_ / "b").c_str()), 0);
  ASSERT_EQ(::symlink("/usr", (directory_ / "c").c_str()), 0);
  EXPECT_LT(Size().bytes, 2 * kFile);
}

TEST_F(DiskUseTest, AHoleTakesNothing) {
  Add("a");
  ASSERT_EQ(::truncate((directory_ / "a").c_str(), kFile * 1000), 0);
  EXPECT_LT(Size().bytes, 2 * kFile);
}

TEST_F(DiskUseTest, GoesNoFurtherThanItsBounds) {
  for (int i = 0; i < 10; ++i) Add(std::to_string(i));
  EXPECT_LT(Size({.enough = kFile}).bytes, 3 * kFile);
  EXPECT_LE(Size({.entries = 4}).files, 5);
  Add("deep/er/file");
  EXPECT_EQ(Size({.depth = 1}).files, 12);
}

TEST_F(DiskUseTest, InPartsItIsTheSame) {
  for (int i = 0; i < 10; ++i) Add("deep/er/" + std::to_string(i));
  DiskUseWalk walk(directory_.path(), {});
  int parts = 1;
  for (auto over = walk.GoOn(4); over.ok() && !*over; over = walk.GoOn(4)) ++parts;
  EXPECT_EQ(parts, 4);
  EXPECT_EQ(walk.entries(), 12);
  EXPECT_EQ(walk.size().bytes, Size().bytes);
  EXPECT_EQ(walk.size().files, Size().files);
}

TEST_F(DiskUseTest, WhatIsNotThereAndWhatIsNoDirectoryTakesNothing) {
  Add("a");
  ASSERT_EQ(::symlink("/usr", (directory_ / "link").c_str()), 0);
  for (const char* name : {"nothing", "a", "link"}) {
    const auto size = DiskUseBelow(directory_ / name, {});
    ASSERT_TRUE(size.ok()) << name;
    EXPECT_EQ(size->files, 0) << name;
  }
}

TEST_F(DiskUseTest, TellsWhetherAllWasCounted) {
  for (int i = 0; i < 5; ++i) Add(std::to_string(i));
  Add("deep/er/file");
  const auto whole = [this](DiskUseBounds bounds) {
    DiskUseWalk walk(directory_.path(), bounds);
    EXPECT_FALSE(walk.whole()) << "it did not begin";
    EXPECT_TRUE(walk.GoOn(bounds.entries).ok());
    return walk.whole();
  };
  EXPECT_TRUE(whole({}));
  EXPECT_FALSE(whole({.entries = 8})) << "as many as there are: nobody looked whether more come";
  EXPECT_TRUE(whole({.entries = 9}));
  EXPECT_FALSE(whole({.entries = 0}));
  EXPECT_FALSE(whole({.depth = 2}));
  EXPECT_TRUE(whole({.depth = 3}));
}

TEST(FilesystemUseTest, TellsWhatIsUsed) {
  const auto use = UseOfFilesystem("/");
  ASSERT_TRUE(use.ok());
  EXPECT_GT(use->capacity, use->used);
  EXPECT_LE(use->available, use->capacity - use->used);
  EXPECT_EQ(UseOfFilesystem("/nowhere").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace ordinal

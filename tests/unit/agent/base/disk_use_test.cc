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

TEST_F(DiskUseTest, WhatIsNotThereTakesNothing) {
  const auto size = DiskUseBelow(directory_ / "nothing", {});
  ASSERT_TRUE(size.ok());
  EXPECT_EQ(size->bytes, 0);
}

}  // namespace
}  // namespace ordinal

#include "volumes/linux/ownership.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>

#include "tests/fakes/scratch_directory.h"

namespace ordinal::volumes {
namespace {

struct Seen {
  gid_t gid;
  mode_t mode;
  bool operator==(const Seen&) const = default;
};

Seen Look(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::lstat(path.c_str(), &info), 0) << path;
  return {info.st_gid, info.st_mode & 07777};
}

class OwnershipTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root: changes the group of files";
    fakes::WriteFile(scratch / "outside", "");
    fakes::WriteFile(scratch / "v/dir/file", "");
    fakes::WriteFile(scratch / "v/program", "");
    std::filesystem::create_symlink(scratch / "outside", scratch / "v/link");
    const std::map<std::string, mode_t> modes = {
        {"outside", 0600}, {"v", 0755}, {"v/dir", 0700}, {"v/dir/file", 0600}, {"v/program", 0755}};
    for (const auto& [path, mode] : modes) ASSERT_EQ(::chmod((scratch / path).c_str(), mode), 0);
  }

  fakes::ScratchDirectory scratch;
};

TEST_F(OwnershipTest, GivesEverythingToTheGroupAndFollowsNoSymlink) {
  ASSERT_TRUE(GiveTreeToGroup(scratch / "v", 2000, FsGroupPolicy::kAlways).ok());
  EXPECT_EQ(Look(scratch / "v"), (Seen{2000, 02775}));
  EXPECT_EQ(Look(scratch / "v/dir"), (Seen{2000, 02770}));
  EXPECT_EQ(Look(scratch / "v/dir/file"), (Seen{2000, 0660}));
  EXPECT_EQ(Look(scratch / "v/program"), (Seen{2000, 0775}));
  EXPECT_EQ(Look(scratch / "v/link").gid, 2000U);
  EXPECT_EQ(Look(scratch / "outside"), (Seen{0, 0600}));
}

TEST_F(OwnershipTest, OnRootMismatchLooksAtTheRootOnly) {
  ASSERT_EQ(::chown((scratch / "v").c_str(), 0, 2000), 0);
  ASSERT_TRUE(GiveTreeToGroup(scratch / "v", 2000, FsGroupPolicy::kOnRootMismatch).ok());
  EXPECT_EQ(Look(scratch / "v/dir"), (Seen{2000, 02770})) << "the root lacked setgid: no match";

  ASSERT_EQ(::chmod((scratch / "v/dir").c_str(), 0700), 0);
  ASSERT_TRUE(GiveTreeToGroup(scratch / "v", 2000, FsGroupPolicy::kOnRootMismatch).ok());
  EXPECT_EQ(Look(scratch / "v/dir").mode & 0777, 0700U) << "the root matches: nothing is walked";

  ASSERT_TRUE(GiveTreeToGroup(scratch / "v", 2000, FsGroupPolicy::kAlways).ok());
  EXPECT_EQ(Look(scratch / "v/dir"), (Seen{2000, 02770}));
}

}  // namespace
}  // namespace ordinal::volumes

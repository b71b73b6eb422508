#include "volumes/claim_directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/fakes/scratch_directory.h"
#include "volumes/reclaim.h"

namespace ordinal::volumes {
namespace {

constexpr const char* kUid = "1f0e7a52-0000-4000-8000-000000000001";

class MakeClaimDirectoryTest : public testing::Test {
 protected:
  MakeClaimDirectoryTest() {
    Directories directories;
    directories.volumes = scratch_ / "volumes";
    layout_ = std::make_unique<Layout>(directories);
  }
  ClaimDirectory Make(const std::vector<std::string>& taken = {}) {
    auto made = MakeClaimDirectory(*layout_, "default", "data", kUid, taken);
    EXPECT_TRUE(made.ok()) << made.error().message;
    return made.ok() ? *made : ClaimDirectory{};
  }
  std::string In(const std::string& name) { return scratch_ / ("volumes/default/" + name); }

  fakes::ScratchDirectory scratch_;
  std::unique_ptr<Layout> layout_;
};

TEST_F(MakeClaimDirectoryTest, BearsTheNameOfTheClaimAndIsOpenToEveryUser) {
  const ClaimDirectory made = Make();
  EXPECT_EQ(made.path, In("data"));
  EXPECT_EQ(made.passed_over, "");
  struct stat info {};
  ASSERT_EQ(::stat(made.path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0777U);
  EXPECT_EQ(Make().path, In("data")) << "made by an agent that was killed before it wrote the volume";
}

TEST_F(MakeClaimDirectoryTest, OldDataIsNeverHandedToANewClaim) {
  fakes::WriteFile(In("data/old"), "of an earlier claim");
  const ClaimDirectory made = Make();
  EXPECT_EQ(made.path, In("data-1f0e7a52"));
  EXPECT_EQ(made.passed_over, In("data"));
  EXPECT_TRUE(std::filesystem::is_empty(made.path));
  EXPECT_EQ(Make().path, made.path) << "the same after a restart";
  // Given that even this name is some other claim's
  fakes::WriteFile(In("data-1f0e7a52/other"), "of claim data-1f0e7a52");
  EXPECT_EQ(Make().path, In(std::string("data-") + kUid));
  fakes::WriteFile(In(std::string("data-") + kUid + "/x"), "");
  EXPECT_FALSE(MakeClaimDirectory(*layout_, "default", "data", kUid, {}).ok());
}

TEST_F(MakeClaimDirectoryTest, AnEmptyDirectoryThatAVolumeShowsIsThatVolumes) {
  EXPECT_EQ(Make({In("data")}).path, In("data-1f0e7a52"));
  EXPECT_EQ(Make({In("data/inner")}).path, In("data-1f0e7a52"));
  EXPECT_EQ(Make({In("data2"), In("dat")}).path, In("data"));
}

TEST_F(MakeClaimDirectoryTest, ASymlinkOrAFileInItsPlaceIsPassedOver) {
  std::filesystem::create_directories(scratch_ / "elsewhere");
  std::filesystem::create_directories(scratch_ / "volumes/default");
  std::filesystem::create_directory_symlink(scratch_ / "elsewhere", In("data"));
  EXPECT_EQ(Make().path, In("data-1f0e7a52"));
}

TEST_F(MakeClaimDirectoryTest, MakingAndRemovingInALoopLeavesNothing) {
  ReclaimRules rules;
  rules.directories.volumes = scratch_ / "volumes";
  for (int round = 0; round < 50; ++round) {
    fakes::WriteFile(Make().path + "/a/b", "x");
    ASSERT_TRUE(RemoveVolume({In("data"), true, {}}, rules).ok());
  }
  EXPECT_TRUE(std::filesystem::is_empty(scratch_ / "volumes"));
}

}  // namespace
}  // namespace ordinal::volumes

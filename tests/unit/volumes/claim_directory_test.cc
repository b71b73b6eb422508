#include "volumes/claim_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/fakes/scratch_directory.h"
#include "volumes/reclaim.h"

namespace ordinal::volumes {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kUid = "1f0e7a52-0000-4000-8000-000000000001";

class MakeClaimDirectoryTest : public testing::Test {
 protected:
  MakeClaimDirectoryTest() {
    Directories directories;
    directories.volumes = scratch_ / "volumes";
    layout_ = std::make_unique<Layout>(directories);
  }
  Result<ClaimDirectory> Try(FoundData found, const std::vector<std::string>& taken = {}) {
    return MakeClaimDirectory(*layout_, "default", "data", kUid, taken, found);
  }
  ClaimDirectory Make(const std::vector<std::string>& taken = {}, FoundData found = FoundData::kAsk) {
    auto made = Try(found, taken);
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

TEST_F(MakeClaimDirectoryTest, DataUnderTheClaimsNameThatNoVolumeShowsIsAskedAbout) {
  // Given a directory with data of the claim's name
  fakes::WriteFile(In("data/old"), "of an earlier claim, or of this one before the store was lost");
  // When nobody decided, then nothing is made, and both directories are named
  const auto asked = Try(FoundData::kAsk);
  ASSERT_FALSE(asked.ok());
  EXPECT_EQ(asked.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(asked.error().reason, kDataFound);
  EXPECT_THAT(asked.error().message, AllOf(HasSubstr(In("data") + " holds data"), HasSubstr(In("data-1f0e7a52"))));
  EXPECT_FALSE(std::filesystem::exists(In("data-1f0e7a52")));
  // When it is adopted, then it is the claim's with what is in it
  const ClaimDirectory adopted = Make({}, FoundData::kAdopt);
  EXPECT_EQ(adopted.path, In("data"));
  EXPECT_TRUE(adopted.adopted);
  EXPECT_TRUE(std::filesystem::exists(In("data/old")));
}

TEST_F(MakeClaimDirectoryTest, ANewDirectoryBesideOldDataLeavesItAlone) {
  fakes::WriteFile(In("data/old"), "of an earlier claim");
  const ClaimDirectory made = Make({}, FoundData::kNew);
  EXPECT_EQ(made.path, In("data-1f0e7a52"));
  EXPECT_EQ(made.passed_over, In("data"));
  EXPECT_FALSE(made.adopted);
  EXPECT_TRUE(std::filesystem::is_empty(made.path));
  EXPECT_EQ(Make({}, FoundData::kNew).path, made.path) << "the same after a restart";
  // Given that even this name is some other claim's
  fakes::WriteFile(In("data-1f0e7a52/other"), "of claim data-1f0e7a52");
  EXPECT_EQ(Make({}, FoundData::kNew).path, In(std::string("data-") + kUid));
  fakes::WriteFile(In(std::string("data-") + kUid + "/x"), "");
  EXPECT_FALSE(Try(FoundData::kNew).ok());
}

TEST_F(MakeClaimDirectoryTest, WhatAnotherVolumeShowsIsPassedOverWithoutAskingAndNeverAdopted) {
  fakes::WriteFile(In("data/old"), "of a volume that is kept");
  EXPECT_EQ(Make({In("data")}).path, In("data-1f0e7a52"));
  const auto adopted = Try(FoundData::kAdopt, {In("data")});
  ASSERT_FALSE(adopted.ok());
  EXPECT_THAT(adopted.error().message, HasSubstr("a PersistentVolume shows it"));
}

TEST_F(MakeClaimDirectoryTest, AnEmptyDirectoryThatAVolumeShowsIsThatVolumes) {
  EXPECT_EQ(Make({In("data")}).path, In("data-1f0e7a52"));
  EXPECT_EQ(Make({In("data/inner")}).path, In("data-1f0e7a52"));
  EXPECT_EQ(Make({In("data2"), In("dat")}).path, In("data"));
}

TEST_F(MakeClaimDirectoryTest, ASymlinkOrAFileInItsPlaceIsPassedOverAndNeverAdopted) {
  std::filesystem::create_directories(scratch_ / "elsewhere");
  std::filesystem::create_directories(scratch_ / "volumes/default");
  std::filesystem::create_directory_symlink(scratch_ / "elsewhere", In("data"));
  EXPECT_EQ(Make().path, In("data-1f0e7a52"));
  EXPECT_FALSE(Try(FoundData::kAdopt).ok());
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

#include "agent/base/writers.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "agent/base/fd.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal {
namespace {

class WritersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ofstream{path_};
    file_ = Fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_TRUE(file_);
    if (WritersOf(file_.get()) == Writers::kUnknown) GTEST_SKIP() << "this file system knows no leases";
  }

  fakes::ScratchDirectory directory_;
  const std::string path_ = directory_ / "file";
  Fd file_;
};

TEST_F(WritersTest, AreSeenUntilTheLastOneHasClosedWhateverBecomesOfTheName) {
  EXPECT_EQ(WritersOf(file_.get()), Writers::kNone);
  std::ofstream one(path_, std::ios::app);
  std::ofstream two(path_, std::ios::app);
  EXPECT_EQ(WritersOf(file_.get()), Writers::kSome);
  std::filesystem::rename(path_, path_ + ".renamed");
  one.close();
  EXPECT_EQ(WritersOf(file_.get()), Writers::kSome);
  std::filesystem::remove(path_ + ".renamed");
  two.close();
  EXPECT_EQ(WritersOf(file_.get()), Writers::kNone);
}

TEST(RefusesLeasesAtWill, SayNetworkFileSystemsWhoseServerGrantsThem) {
  for (const uint32_t magic : {0x6969U, 0x517BU, 0xFF534D42U, 0xFE534D42U}) {
    EXPECT_TRUE(RefusesLeasesAtWill(magic)) << magic;
    EXPECT_TRUE(RefusesLeasesAtWill(static_cast<int32_t>(magic))) << "f_type has a sign on some hosts";
  }
  for (const uint32_t magic : {0xEF53U, 0x01021994U, 0x58465342U, 0x794C7630U}) {
    EXPECT_FALSE(RefusesLeasesAtWill(magic)) << magic;
  }
}

TEST_F(WritersTest, ReadersAreNone) {
  std::ifstream reader(path_);
  EXPECT_EQ(WritersOf(file_.get()), Writers::kNone);
}

TEST_F(WritersTest, NobodyIsKeptFromWritingAfterwards) {
  EXPECT_EQ(WritersOf(file_.get()), Writers::kNone);
  // Were the lease still held, this would be refused.
  const Fd writer(::open(path_.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  EXPECT_TRUE(writer);
}

}  // namespace
}  // namespace ordinal

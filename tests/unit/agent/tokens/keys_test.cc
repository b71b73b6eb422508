#include "agent/tokens/keys.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/fakes/scratch_directory.h"

namespace ordinal::tokens {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using ::testing::HasSubstr;

class KeysTest : public ::testing::Test {
 protected:
  std::vector<SigningKey> Ensure(WallTime now) {
    auto keys = EnsureKeys(directory_, now);
    EXPECT_TRUE(keys.ok()) << keys.error().message;
    return keys.ok() ? *keys : std::vector<SigningKey>();
  }
  size_t Files() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()));
  }

  fakes::ScratchDirectory scratch_;
  const std::string directory_ = scratch_ / "keys";
  const WallTime start_{std::chrono::seconds(1764493200)};
};

TEST_F(KeysTest, AreMadeOnceAndKept) {
  const auto made = Ensure(start_);
  ASSERT_EQ(made.size(), 1U);
  const std::string path = directory_ + "/1764493200.key";
  struct stat facts {};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  const auto again = Ensure(start_ + hours(1));
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again.front().id, made.front().id);
  EXPECT_EQ(again.front().made, start_);
}

TEST_F(KeysTest, ANewOneSignsAfterAYearAndTheOldOneStaysWhileItsTokensLive) {
  const auto first = Ensure(start_);
  const WallTime later = start_ + kKeySigns;
  const auto both = Ensure(later);
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[1].id, first.front().id);
  EXPECT_EQ(Ensure(later + kLongestToken - hours(1)).size(), 2U);
  const auto last = Ensure(later + kLongestToken);
  ASSERT_EQ(last.size(), 2U) << "the second one has a successor, the first one is gone";
  EXPECT_EQ(last[1].id, both[0].id);
  EXPECT_EQ(Files(), 2U);
}

TEST_F(KeysTest, OneThatAPersonPutsThereSigns) {
  const auto first = Ensure(start_);
  std::ofstream(directory_ + "/1764500000.key") << *MakePrivateKey();
  const auto both = Ensure(start_ + hours(2));
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[1].id, first.front().id);
}

TEST_F(KeysTest, AFileThatIsNoKeyIsNamed) {
  Ensure(start_);
  std::ofstream(directory_ + "/1764500000.key") << "garbage";
  std::ofstream(directory_ + "/README") << "not looked at";
  const auto keys = EnsureKeys(directory_, start_);
  ASSERT_FALSE(keys.ok());
  EXPECT_THAT(keys.error().message, HasSubstr("1764500000.key"));
  EXPECT_THAT(keys.error().message, HasSubstr("put the right key back"));
}

}  // namespace
}  // namespace ordinal::tokens

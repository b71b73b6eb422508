// Files that change together.
#include "volumes/linux/replace_files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "agent/base/fd.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::volumes {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

ConfigFile File(const std::string& path, const std::string& text, uint32_t mode = 0644) {
  return {path, std::make_shared<const std::string>(text), mode};
}

class ReplaceFilesTest : public ::testing::Test {
 protected:
  void Replace(const std::vector<ConfigFile>& files, std::optional<int64_t> gid = {}) {
    const auto replaced = ReplaceFiles(scratch_.path(), files, gid);
    ASSERT_TRUE(replaced.ok()) << replaced.error().message;
  }
  std::string Text(const std::string& path) { return fakes::ReadFile(scratch_ / path); }
  struct stat Stat(const std::string& path) {
    struct stat info {};
    EXPECT_EQ(::stat((scratch_ / path).c_str(), &info), 0) << path;
    return info;
  }
  std::string Current() { return std::filesystem::read_symlink(scratch_ / "..data").string(); }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(scratch_.path())) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  fakes::ScratchDirectory scratch_;
};

TEST_F(ReplaceFilesTest, WhatIsWrittenIsFoundUnderItsName) {
  EXPECT_FALSE(HasFiles(scratch_.path()));
  Replace({File("a", "one"), File("deep/er/b", "two", 0400), File("bytes", std::string("\0\xff", 2))});
  EXPECT_TRUE(HasFiles(scratch_.path()));
  EXPECT_EQ(Text("a"), "one");
  EXPECT_EQ(Text("deep/er/b"), "two");
  EXPECT_EQ(Text("bytes"), std::string("\0\xff", 2));
  EXPECT_EQ(Stat("a").st_mode & 07777, 0644U);
  EXPECT_EQ(Stat("deep/er/b").st_mode & 07777, 0400U);
  EXPECT_EQ(Stat("deep").st_mode & 07777, 0755U);
  EXPECT_EQ(std::filesystem::read_symlink(scratch_ / "a"), "..data/a");
  EXPECT_THAT(Names(), UnorderedElementsAre("..data", Current(), "a", "deep", "bytes"));
}

TEST_F(ReplaceFilesTest, TheNextOnesTakeTheirPlace) {
  Replace({File("a", "one"), File("b", "two")});
  const std::string before = Current();
  Replace({File("a", "ONE"), File("c", "three")});
  EXPECT_NE(Current(), before);
  EXPECT_EQ(Text("a"), "ONE");
  EXPECT_EQ(Text("c"), "three");
  EXPECT_THAT(Names(), UnorderedElementsAre("..data", Current(), "a", "c"));
  Replace({});
  EXPECT_THAT(Names(), UnorderedElementsAre("..data", Current()));
}

TEST_F(ReplaceFilesTest, WhatIsThereAlreadyIsLeftAlone) {
  const std::vector<ConfigFile> files = {File("a", "one"), File("deep/b", "two")};
  Replace(files);
  const std::string before = Current();
  Replace(files);
  EXPECT_EQ(Current(), before);
  // a mode, a text of the same length, and a file that is missing are differences
  Replace({File("a", "one", 0600), File("deep/b", "two")});
  const std::string second = Current();
  EXPECT_NE(second, before);
  Replace({File("a", "won", 0600), File("deep/b", "two")});
  const std::string third = Current();
  EXPECT_NE(third, second);
  Replace({File("a", "won", 0600)});
  EXPECT_NE(Current(), third);
}

TEST_F(ReplaceFilesTest, WhatAKillLeftGoesWithTheNextChange) {
  Replace({File("a", "one")});
  std::filesystem::create_directory(scratch_ / "..2020_01_01_00_00_00.abcdef");
  fakes::WriteFile(scratch_ / "..2020_01_01_00_00_00.abcdef/half", "");
  std::filesystem::create_symlink("..nowhere", scratch_ / "..data_tmp");
  std::filesystem::remove(scratch_ / "a");
  Replace({File("a", "one")});
  EXPECT_EQ(Text("a"), "one");
  EXPECT_THAT(Names(), UnorderedElementsAre("..data", Current(), "a"));
}

TEST_F(ReplaceFilesTest, AGroupMayReadThem) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  Replace({File("a", "one", 0400), File("deep/b", "two", 0644)}, 4321);
  for (const char* path : {"a", "deep/b", "deep", "..data/"}) EXPECT_EQ(Stat(path).st_gid, 4321U) << path;
  EXPECT_EQ(Stat("a").st_mode & 07777, 0440U);
  EXPECT_EQ(Stat("deep").st_mode & 07777, 02755U);
  const std::string before = Current();
  Replace({File("a", "one", 0400), File("deep/b", "two", 0644)}, 4321);
  EXPECT_EQ(Current(), before);
}

TEST_F(ReplaceFilesTest, ThereAreFilesAtEveryMoment) {
  Replace({File("a", "0"), File("b", "0")});
  std::atomic<bool> over{false};
  std::atomic<int> seen{0}, absent{0}, mixed{0};
  std::thread reader([&] {
    while (!over) {
      char target[64] = {};
      absent += ::readlink((scratch_ / "..data").c_str(), target, sizeof(target) - 1) < 0 ? 1 : 0;
      const Fd data(::open((scratch_ / target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      const Fd a(::openat(data.get(), "a", O_RDONLY | O_CLOEXEC)), b(::openat(data.get(), "b", O_RDONLY | O_CLOEXEC));
      if (!a || !b) continue;  // gone with a later change
      char one[16] = {}, two[16] = {};
      if (::read(a.get(), one, sizeof(one) - 1) < 0 || ::read(b.get(), two, sizeof(two) - 1) < 0) continue;
      ++seen;
      mixed += one[0] != '\0' && std::string(one) == two ? 0 : 1;
    }
  });
  for (int i = 1; i <= 300 || (seen < 100 && i < 100000); ++i) {
    Replace({File("a", std::to_string(i)), File("b", std::to_string(i))});
  }
  over = true;
  reader.join();
  EXPECT_GT(seen, 0);
  EXPECT_EQ(absent, 0);
  EXPECT_EQ(mixed, 0) << "of " << seen;
}

TEST_F(ReplaceFilesTest, ADirectoryThatSomebodyMountedInsteadOfAFileMakesWay) {
  Replace({});
  std::filesystem::create_directory(scratch_ / "COLOR");
  Replace({File("COLOR", "red")});
  EXPECT_EQ(Text("COLOR"), "red");
}

TEST_F(ReplaceFilesTest, AnErrorNamesThePathAndLeavesTheOldFiles) {
  Replace({File("a", "one")});
  const auto failed = ReplaceFiles(scratch_.path(), {File("b", "two"), File("b/c", "three")}, {});
  ASSERT_FALSE(failed.ok());
  EXPECT_THAT(failed.error().message, HasSubstr("/b"));
  EXPECT_EQ(Text("a"), "one");
  Replace({File("a", "one")});
  EXPECT_THAT(Names(), UnorderedElementsAre("..data", Current(), "a"));
}

}  // namespace
}  // namespace ordinal::volumes

// Many paths without their symlinks: as if each had been asked for by itself, for the price of their directories.
#include "volumes/linux/real_paths.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/fakes/scratch_directory.h"

namespace ordinal::volumes {
namespace {

class RealPathsTest : public testing::Test {
 protected:
  void Make(const std::string& name) { std::filesystem::create_directories(root_ / name); }
  void Link(const std::string& to, const std::string& name) {
    ASSERT_EQ(::symlink(to.c_str(), (root_ / name).c_str()), 0);
  }
  fakes::ScratchDirectory root_;
};

TEST_F(RealPathsTest, AreWhatEachIsByItself) {
  Make("a/b/c");
  Make("elsewhere/x");
  fakes::WriteFile(root_ / "a/file", "x");
  Link(root_ / "elsewhere", "a/link");
  Link("../elsewhere", "a/relative");
  Link("nowhere", "a/dangling");
  Link("loop", "a/loop");
  for (int i = 0; i < 20; ++i) Make("a/many" + std::to_string(i));
  std::vector<std::string> paths{
      "/", "/.", "", "relative/path", root_.path() + "//a", root_ / "a/./b", root_ / "a/../a"};
  for (const char* name : {"",
                           "a",
                           "a/",
                           "a/b",
                           "a/b/c/",
                           "a/gone",
                           "a/gone/deeper",
                           "a/file",
                           "a/file/in",
                           "a/link",
                           "a/link/x",
                           "a/link/gone",
                           "a/relative/x",
                           "a/dangling",
                           "a/dangling/x",
                           "a/loop",
                           "a/link/../b",
                           "a/many3",
                           "a/many3/gone",
                           "gone/link",
                           "elsewhere/x"}) {
    paths.push_back(root_ / name);
  }
  RealPaths all;
  for (int round = 0; round < 3; ++round) {  // directories are read as a whole after some names
    for (const std::string& path : paths) EXPECT_EQ(all.Of(path), RealPath(path)) << path << " in round " << round;
  }
}

TEST_F(RealPathsTest, CostNoMoreForMoreNamesInOneDirectory) {
  const auto asked = [this](const std::string& ns, int count) {
    RealPaths paths;
    for (int i = 0; i < count; ++i) {
      const std::string name = ns + "/data-" + std::to_string(i);
      Make(name);
    }
    for (int i = 0; i < count; ++i) paths.Of(root_ / (ns + "/data-" + std::to_string(i)));
    return paths.asked();
  };
  EXPECT_EQ(asked("few", 20), asked("many", 400));
}

TEST_F(RealPathsTest, ALinkThatAListDidNotHaveIsOneAllTheSame) {
  Make("elsewhere");
  for (int i = 0; i < 20; ++i) Make("a/many" + std::to_string(i));
  RealPaths all;
  for (int i = 0; i < 20; ++i) all.Of(root_ / ("a/many" + std::to_string(i)));
  Link(root_ / "elsewhere", "a/late");
  EXPECT_EQ(all.Of(root_ / "a/late"), RealPath(root_ / "elsewhere"));
}

TEST_F(RealPathsTest, APathOfManyPartsIsAskedForAsAWhole) {
  for (const size_t parts : {500U, 50'000U}) {
    std::string path;
    for (size_t part = 0; part < parts; ++part) path += "/a";
    RealPaths paths;
    EXPECT_EQ(paths.Of(path), path);
    EXPECT_LT(paths.asked(), 20U);
  }
}

}  // namespace
}  // namespace ordinal::volumes

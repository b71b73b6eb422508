#include "volumes/linux/directories.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "tests/fakes/private_namespace.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::volumes {
namespace {

using ::testing::HasSubstr;

TEST(RemoveDirectoryTree, RemovesEverythingButWhatSymlinksPointTo) {
  const fakes::ScratchDirectory scratch;
  fakes::WriteFile(scratch / "outside/precious", "data");
  fakes::WriteFile(scratch / "pod/a/b/c", "");
  std::filesystem::create_directory_symlink(scratch / "outside", scratch / "pod/a/out");
  std::filesystem::create_symlink("nowhere", scratch / "pod/dangling");
  ASSERT_EQ(::mkfifo((scratch / "pod/fifo").c_str(), 0600), 0);

  ASSERT_TRUE(RemoveDirectoryTree(scratch / "pod").ok());

  EXPECT_FALSE(std::filesystem::exists(scratch / "pod"));
  EXPECT_EQ(fakes::ReadFile(scratch / "outside/precious"), "data");
  EXPECT_TRUE(RemoveDirectoryTree(scratch / "pod").ok()) << "gone already";
  EXPECT_TRUE(RemoveDirectoryTree(scratch / "none/pod").ok()) << "not even its parent";
}

TEST(RemoveDirectoryTree, DoesNotTakeASymlinkForThePodsDirectory) {
  const fakes::ScratchDirectory scratch;
  fakes::WriteFile(scratch / "outside/precious", "data");
  std::filesystem::create_directory_symlink(scratch / "outside", scratch / "pod");
  EXPECT_FALSE(RemoveDirectoryTree(scratch / "pod").ok());
  EXPECT_EQ(fakes::ReadFile(scratch / "outside/precious"), "data");
}

TEST(RemoveDirectoryTree, TakesATreeDeeperThanTheDescriptorsOfAProcess) {
  const fakes::ScratchDirectory scratch;
  std::filesystem::create_directory(scratch / "pod");
  Fd at(::open((scratch / "pod").c_str(), O_RDONLY | O_DIRECTORY));
  for (int depth = 0; depth < 3000; ++depth) {
    ASSERT_EQ(::mkdirat(at.get(), "d", 0755), 0);
    at = Fd(::openat(at.get(), "d", O_RDONLY | O_DIRECTORY));
    ASSERT_TRUE(at);
  }
  const auto removed = RemoveDirectoryTree(scratch / "pod");
  EXPECT_TRUE(removed.ok()) << removed.error().message;
  EXPECT_FALSE(std::filesystem::exists(scratch / "pod"));
}

TEST(RemoveDirectoryTree, StopsAtAMountPointEvenOfTheSameFileSystem) {
  const fakes::ScratchDirectory scratch;
  fakes::WriteFile(scratch / "claim/precious", "data");
  std::filesystem::create_directories(scratch / "pod/v");
  const std::string refusal = fakes::InPrivateNamespace(CLONE_NEWNS, [&] {
    ASSERT_EQ(::mount((scratch / "claim").c_str(), (scratch / "pod/v").c_str(), nullptr, MS_BIND, nullptr), 0);
    const auto removed = RemoveDirectoryTree(scratch / "pod");
    ASSERT_FALSE(removed.ok());
    EXPECT_EQ(removed.error().code, ErrorCode::kFailedPrecondition);
    EXPECT_THAT(removed.error().message, HasSubstr(scratch / "pod/v"));
  });
  EXPECT_EQ(fakes::ReadFile(scratch / "claim/precious"), "data");
  if (!refusal.empty()) GTEST_SKIP() << refusal;
}

TEST(OpenBelow, MakesWhatIsMissingWithTheModeOfTheVolume) {
  const fakes::ScratchDirectory scratch;
  std::filesystem::create_directories(scratch / "v/real");
  ASSERT_EQ(::chmod((scratch / "v").c_str(), 03770), 0);
  std::filesystem::create_directory_symlink("real", scratch / "v/link");

  ASSERT_TRUE(OpenBelow(scratch / "v", "link/./x/y").ok());

  for (const std::string path : {"v/real/x", "v/real/x/y"}) {
    struct stat info {};
    ASSERT_EQ(::stat((scratch / path).c_str(), &info), 0) << path;
    EXPECT_EQ(info.st_mode & 07777, 03770U) << path;
  }
  const auto missing = OpenBelow(scratch / "none", "x");
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(missing.error().message, HasSubstr(scratch / "none"));
}

TEST(OpenBelow, NeverLeavesTheVolumeWhileAContainerExchangesDirectoriesAndSymlinks) {
  const fakes::ScratchDirectory scratch;
  fakes::WriteFile(scratch / "outside/marker", "");
  std::filesystem::create_directories(scratch / "v/a");
  std::filesystem::create_directory_symlink(scratch / "outside", scratch / "v/b");
  struct stat outside {};
  ASSERT_EQ(::stat((scratch / "outside").c_str(), &outside), 0);

  std::atomic<bool> stop = false;
  std::thread container([&] {
    while (!stop) {
      ::renameat2(AT_FDCWD, (scratch / "v/a").c_str(), AT_FDCWD, (scratch / "v/b").c_str(), RENAME_EXCHANGE);
    }
  });
  int opened = 0;
  for (int i = 0; i < 3000 || (opened == 0 && i < 3000000); ++i) {
    const auto found = OpenBelow(scratch / "v", i % 2 == 0 ? "a" : "a/new");
    if (!found.ok()) continue;
    ++opened;
    struct stat info {};
    EXPECT_EQ(::fstat(found->get(), &info), 0);
    EXPECT_NE(info.st_ino, outside.st_ino);
  }
  stop = true;
  container.join();
  EXPECT_GT(opened, 0) << "the race was not run";
  EXPECT_FALSE(std::filesystem::exists(scratch / "outside/new"));
}

TEST(MakeFinishedDirectory, OfManyAtOnceMakesOneThatNobodyReplaces) {
  const fakes::ScratchDirectory scratch;
  for (int round = 0; round < 50; ++round) {
    const std::string path = scratch / ("v" + std::to_string(round));
    std::vector<std::thread> threads;
    std::array<ino_t, 4> seen{};
    for (size_t i = 0; i < seen.size(); ++i) {
      threads.emplace_back([&, i] {
        EXPECT_TRUE(MakeFinishedDirectory(path, 0777, {}).ok());
        struct stat info {};
        EXPECT_EQ(::stat(path.c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 07777, 0777U);
        seen[i] = info.st_ino;
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const ino_t inode : seen) EXPECT_EQ(inode, seen[0]) << "a container could hold a directory that is gone";
  }
}

}  // namespace
}  // namespace ordinal::volumes

// What every Mounter does. Run on the fake and, as root and in a mount namespace of its own, on the real one.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "agent/base/fd.h"
#include "tests/fakes/fake_mounter.h"
#include "tests/fakes/private_namespace.h"
#include "tests/fakes/scratch_directory.h"
#include "volumes/linux/linux_mounter.h"

namespace ordinal::volumes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class MounterContract : public ::testing::TestWithParam<std::string> {
 protected:
  void WithMounter(const std::function<void(Mounter&, const fakes::ScratchDirectory&)>& body) {
    const fakes::ScratchDirectory scratch;
    if (GetParam() == "fake") {
      fakes::FakeMounter mounter;
      body(mounter, scratch);
      return;
    }
    const std::string refusal = fakes::InPrivateNamespace(CLONE_NEWNS, [&] {
      LinuxMounter mounter;
      body(mounter, scratch);
    });
    if (!refusal.empty()) GTEST_SKIP() << refusal;
  }

  static std::vector<std::string> Listed(Mounter& mounter, const std::string& under) {
    auto list = mounter.ListMounts(under);
    EXPECT_TRUE(list.ok()) << list.error().message;
    return list.ok() ? *list : std::vector<std::string>{};
  }
};

std::string MakeDirectory(const std::string& path) {
  std::filesystem::create_directories(path);
  return path;
}

TEST_P(MounterContract, ListsWhatIsMountedAtAndBelowAPathOldestFirst) {
  WithMounter([](Mounter& mounter, const fakes::ScratchDirectory& scratch) {
    const std::string pod = MakeDirectory(scratch / "pods/a");
    const std::string outer = MakeDirectory(pod + "/x y");  // the kernel escapes the space
    const std::string neighbour = MakeDirectory(scratch / "pods/ab");
    ASSERT_TRUE(mounter.MountTmpfs(outer, {}).ok());
    const std::string inner = MakeDirectory(outer + "/in\\ner");
    ASSERT_TRUE(mounter.MountTmpfs(inner, {}).ok());
    ASSERT_TRUE(mounter.MountTmpfs(neighbour, {}).ok());

    EXPECT_THAT(Listed(mounter, pod), ElementsAre(outer, inner));
    EXPECT_THAT(Listed(mounter, outer), ElementsAre(outer, inner));
    EXPECT_THAT(Listed(mounter, inner), ElementsAre(inner));
    EXPECT_THAT(Listed(mounter, scratch / "nothing"), IsEmpty());
  });
}

TEST_P(MounterContract, SpellsMountsAsAskedEvenThroughASymlink) {
  WithMounter([](Mounter& mounter, const fakes::ScratchDirectory& scratch) {
    MakeDirectory(scratch / "real/v");
    std::filesystem::create_directory_symlink(scratch / "real", scratch / "link");
    ASSERT_TRUE(mounter.MountTmpfs(scratch / "link/v", {}).ok());

    EXPECT_THAT(Listed(mounter, scratch / "link"), ElementsAre(scratch / "link/v"));
    EXPECT_THAT(Listed(mounter, scratch / "real"), ElementsAre(scratch / "real/v"));
  });
}

TEST_P(MounterContract, UnmountTakesOffOneMountAndIsSuccessWhenThereIsNone) {
  WithMounter([](Mounter& mounter, const fakes::ScratchDirectory& scratch) {
    const std::string path = MakeDirectory(scratch / "v");
    ASSERT_TRUE(mounter.MountTmpfs(path, {}).ok());
    ASSERT_TRUE(mounter.MountTmpfs(path, {}).ok());
    EXPECT_THAT(Listed(mounter, scratch.path()), ElementsAre(path, path));

    EXPECT_TRUE(mounter.Unmount(path).ok());
    EXPECT_THAT(Listed(mounter, scratch.path()), ElementsAre(path));
    EXPECT_TRUE(mounter.Unmount(path).ok());
    EXPECT_THAT(Listed(mounter, scratch.path()), IsEmpty());
    EXPECT_TRUE(mounter.Unmount(path).ok());
    EXPECT_TRUE(mounter.Unmount(scratch / "nothing").ok());
  });
}

TEST_P(MounterContract, BindsWhatADescriptorIsOpenOn) {
  WithMounter([](Mounter& mounter, const fakes::ScratchDirectory& scratch) {
    fakes::WriteFile(scratch / "data/file", "content");
    const std::string directory = MakeDirectory(scratch / "to/directory");
    fakes::WriteFile(scratch / "to/file", "");
    const Fd data(::open((scratch / "data").c_str(), O_PATH | O_CLOEXEC));
    const Fd file(::open((scratch / "data/file").c_str(), O_PATH | O_CLOEXEC));

    ASSERT_TRUE(mounter.BindMount(data.get(), directory).ok());
    ASSERT_TRUE(mounter.BindMount(file.get(), scratch / "to/file").ok());

    EXPECT_THAT(Listed(mounter, scratch / "to"), ElementsAre(directory, scratch / "to/file"));
    ASSERT_TRUE(mounter.Unmount(scratch / "to/file").ok());
    ASSERT_TRUE(mounter.Unmount(directory).ok());
    EXPECT_EQ(fakes::ReadFile(scratch / "data/file"), "content");
  });
}

TEST_P(MounterContract, RefusesMountPointsThatCannotBe) {
  WithMounter([](Mounter& mounter, const fakes::ScratchDirectory& scratch) {
    fakes::WriteFile(scratch / "file", "");
    const Fd directory(::open(scratch.path().c_str(), O_PATH | O_CLOEXEC));

    const auto missing = mounter.MountTmpfs(scratch / "nothing", {});
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(missing.error().message, ::testing::HasSubstr(scratch / "nothing"));
    EXPECT_FALSE(mounter.BindMount(directory.get(), scratch / "nothing").ok());
    EXPECT_FALSE(mounter.BindMount(directory.get(), scratch / "file").ok());
    EXPECT_FALSE(mounter.BindMount(-1, scratch / "file").ok());
    EXPECT_THAT(Listed(mounter, scratch.path()), IsEmpty());
  });
}

INSTANTIATE_TEST_SUITE_P(Mounters, MounterContract, ::testing::Values("fake", "linux"),
                         [](const auto& test) { return test.param; });

// Only the kernel can show these.

class LinuxMounterTest : public MounterContract {};

TEST_P(LinuxMounterTest, ATmpfsHasItsSizeModeAndGroup) {
  WithMounter([](Mounter& mounter, const fakes::ScratchDirectory& scratch) {
    const std::string path = MakeDirectory(scratch / "v");
    ASSERT_TRUE(mounter.MountTmpfs(path, {.size = 1 << 20, .mode = 03777, .gid = 2000}).ok());

    struct stat info {};
    struct statfs space {};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    ASSERT_EQ(::statfs(path.c_str(), &space), 0);
    EXPECT_EQ(info.st_mode & 07777, 03777U);
    EXPECT_EQ(info.st_gid, 2000U);
    EXPECT_EQ(space.f_type, 0x01021994);  // TMPFS_MAGIC
    EXPECT_EQ(space.f_blocks * static_cast<uint64_t>(space.f_bsize), 1U << 20);
  });
}

TEST_P(LinuxMounterTest, UnmountDoesNotFollowASymlink) {
  WithMounter([](Mounter& mounter, const fakes::ScratchDirectory& scratch) {
    const std::string path = MakeDirectory(scratch / "v");
    ASSERT_TRUE(mounter.MountTmpfs(path, {}).ok());
    std::filesystem::create_directory_symlink(path, scratch / "link");

    EXPECT_TRUE(mounter.Unmount(scratch / "link").ok());
    EXPECT_THAT(Listed(mounter, scratch.path()), ElementsAre(path));
  });
}

TEST_P(LinuxMounterTest, ABusyMountIsReportedWithItsCure) {
  WithMounter([](Mounter& mounter, const fakes::ScratchDirectory& scratch) {
    const std::string path = MakeDirectory(scratch / "v");
    ASSERT_TRUE(mounter.MountTmpfs(path, {}).ok());
    const Fd user(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));

    const auto busy = mounter.Unmount(path);
    ASSERT_FALSE(busy.ok());
    EXPECT_EQ(busy.error().code, ErrorCode::kFailedPrecondition);
    EXPECT_THAT(busy.error().message, ::testing::AllOf(::testing::HasSubstr(path), ::testing::HasSubstr("fuser")));
  });
}

INSTANTIATE_TEST_SUITE_P(Mounters, LinuxMounterTest, ::testing::Values("linux"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace ordinal::volumes

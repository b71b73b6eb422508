// What the sources do to the files of a host.
#include "volumes/sources/sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "agent/base/fd.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::volumes {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

mode_t ModeOf(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 ? info.st_mode : 0;
}

class HostPathTest : public ::testing::Test {
 protected:
  HostPathTest() {
    std::filesystem::create_directory(scratch / "directory");
    fakes::WriteFile(scratch / "file", "");
    std::filesystem::create_symlink("directory", scratch / "link");
    const Fd listener(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    (scratch / "socket").copy(address.sun_path, sizeof(address.sun_path) - 1);
    EXPECT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  }

  fakes::ScratchDirectory scratch;
};

TEST_F(HostPathTest, EachTypeAcceptsItsOwnKindAndNamesTheOthers) {
  const std::string directory = scratch / "directory", file = scratch / "file", socket = scratch / "socket",
                    link = scratch / "link", missing = scratch / "missing", device = "/dev/null";
  struct Row {
    HostPathType type;
    std::vector<std::string> accepted, refused;
  };
  const std::vector<Row> table = {
      {HostPathType::kDirectory, {directory, link}, {file, socket, device, missing}},
      {HostPathType::kDirectoryOrCreate, {directory, link}, {file, socket, device}},
      {HostPathType::kFile, {file}, {directory, socket, device, missing}},
      {HostPathType::kFileOrCreate, {file}, {directory, socket, device}},
      {HostPathType::kSocket, {socket}, {directory, file, device, missing}},
      {HostPathType::kCharDevice, {device}, {directory, file, socket, missing}},
      {HostPathType::kBlockDevice, {}, {directory, file, socket, device, missing}},
  };
  for (const Row& row : table) {
    for (const std::string& path : row.accepted) {
      const auto done = Do(CheckHostPath{path, row.type});
      EXPECT_TRUE(done.ok()) << ToString(row.type) << " " << path << ": " << done.error().message;
    }
    for (const std::string& path : row.refused) {
      const auto done = Do(CheckHostPath{path, row.type});
      ASSERT_FALSE(done.ok()) << ToString(row.type) << " " << path;
      EXPECT_THAT(done.error().message, AllOf(HasSubstr(path), HasSubstr(std::string(ToString(row.type)))));
    }
  }
}

TEST_F(HostPathTest, TheOrCreateTypesCreateWithTheModesOfTheReference) {
  ASSERT_TRUE(Do(CheckHostPath{scratch / "new/deep", HostPathType::kDirectoryOrCreate}).ok());
  ASSERT_TRUE(Do(CheckHostPath{scratch / "new/file", HostPathType::kFileOrCreate}).ok());
  EXPECT_EQ(ModeOf(scratch / "new/deep"), S_IFDIR | 0755U);
  EXPECT_EQ(ModeOf(scratch / "new/file"), S_IFREG | 0644U);
  // The directory of a file is not created: a wrong path would go unnoticed.
  EXPECT_FALSE(Do(CheckHostPath{scratch / "nowhere/file", HostPathType::kFileOrCreate}).ok());
}

TEST(HostPathTypes, AreSpelledAsInTheApi) {
  for (const std::string name :
       {"", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"}) {
    ASSERT_TRUE(ParseHostPathType(name).ok()) << name;
    EXPECT_EQ(ToString(*ParseHostPathType(name)), name);
  }
  ASSERT_FALSE(ParseHostPathType("directory").ok());
}

TEST(EmptyDirSource, AppearsFinishedAndIsLeftAloneAfterwards) {
  const fakes::ScratchDirectory scratch;
  const MakeEmptyDir action{scratch / "volumes/v", 02777, {}};
  // A killed agent's draft is finished, not in the way.
  std::filesystem::create_directories(scratch / "volumes/.v.new");

  ASSERT_TRUE(Do(action).ok());
  EXPECT_EQ(ModeOf(scratch / "volumes/v"), S_IFDIR | 02777U);
  EXPECT_FALSE(std::filesystem::exists(scratch / "volumes/.v.new"));

  ASSERT_EQ(::chmod((scratch / "volumes/v").c_str(), 0700), 0);
  ASSERT_TRUE(Do(action).ok());
  EXPECT_EQ(ModeOf(scratch / "volumes/v"), S_IFDIR | 0700U);
}

TEST(LocalDirectorySource, IsCreatedOnlyWhenAskedAndKeepsWhatIsThere) {
  const fakes::ScratchDirectory scratch;
  const std::string path = scratch / "volumes/default/data-kubia-0";
  ASSERT_EQ(Do(CheckLocalDirectory{path, false}).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(Do(CheckLocalDirectory{path, true}).ok());
  EXPECT_EQ(ModeOf(path), S_IFDIR | 0777U);
  EXPECT_EQ(ModeOf(scratch / "volumes"), S_IFDIR | 0750U) << "other users of the host stay out";

  fakes::WriteFile(path + "/data", "x");
  ASSERT_EQ(::chmod(path.c_str(), 0700), 0);
  ASSERT_TRUE(Do(CheckLocalDirectory{path, true}).ok());
  EXPECT_EQ(ModeOf(path), S_IFDIR | 0700U);
  EXPECT_EQ(fakes::ReadFile(path + "/data"), "x");

  ASSERT_EQ(Do(CheckLocalDirectory{path + "/data", true}).error().code, ErrorCode::kFailedPrecondition);
}

}  // namespace
}  // namespace ordinal::volumes

#include "volumes/reclaim.h"

#include <gmock/gmock.h>
#include <sys/mount.h>

#include "tests/fakes/private_namespace.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::volumes {
namespace {

using fakes::ReadFile;
using fakes::ScratchDirectory;
using fakes::WriteFile;
using std::filesystem::exists;
using std::filesystem::is_empty;
using testing::HasSubstr;

const std::string kHome = "/home";
const std::string kRoot = "/root";

ReclaimTarget At(const std::string& path) { return ReclaimTarget{path, true, {}}; }

/// Rules whose directories are those of an agent below `root`.
ReclaimRules RulesIn(const std::string& root) {
  ReclaimRules rules;
  rules.directories = {root + "/agent", root + "/agent/volumes", root + "/run", root + "/logs", root + "/links"};
  rules.kept = {root + "/manifests"};
  return rules;
}

TEST(CheckReclaimable, OnlyWhatCanBeAVolumeMayGo) {
  const ReclaimRules rules;  // the default directories
  for (const std::string& path : std::vector<std::string>{
           "/srv/pv", "/mnt/disk", "/tmp/x", kHome + "/ann/data", "/var/lib/mysql", "/opt/data", "/library/pv",
           "/var/lib/ordinald/volumes/default/data-kubia-0", "/var/lib/ordinald/volumes/_disks/pv-a"}) {
    const Status status = CheckReclaimable(path, rules);
    EXPECT_TRUE(status.ok()) << status.error().message;
  }
  for (const std::string& path : std::vector<std::string>{"/",
                                                          "/srv",
                                                          "/home",
                                                          kHome + "/ann",
                                                          "/root",
                                                          kRoot + "/x",
                                                          "/etc",
                                                          "/etc/x",
                                                          "/usr/share/x",
                                                          "/bin/x",
                                                          "/boot/x",
                                                          "/dev/shm/x",
                                                          "/proc/1",
                                                          "/sys/fs",
                                                          "/lib/x",
                                                          "/lib64/x",
                                                          "/sbin/x",
                                                          "/run/x",
                                                          "/var",
                                                          "/var/lib",
                                                          "/var/log",
                                                          "/var/lib/ordinald",
                                                          "/var/lib/ordinald/volumes",
                                                          "/var/lib/ordinald/volumes/default",
                                                          "/var/lib/ordinald/pki",
                                                          "/var/lib/ordinald/pods/u-1",
                                                          "/var/log/pods",
                                                          "/var/log/pods/x",
                                                          "/var/lib/containerd/x",
                                                          "/var/lib/kubelet"}) {
    const Status status = CheckReclaimable(path, rules);
    ASSERT_FALSE(status.ok()) << path;
    EXPECT_EQ(status.error().code, ErrorCode::kPermissionDenied);
    EXPECT_THAT(status.error().message, HasSubstr("Retain")) << "says what helps";
  }
}

TEST(CheckReclaimable, TheAgentsDirectoriesAndAllAboveThemStay) {
  const ReclaimRules rules = RulesIn("/data/node");
  for (const std::string path : {"/data/node", "/data/node/agent", "/data/node/agent/pki", "/data/node/run/x",
                                 "/data/node/logs/x", "/data/node/links", "/data/node/manifests/x"}) {
    EXPECT_FALSE(CheckReclaimable(path, rules).ok()) << path;
  }
  EXPECT_TRUE(CheckReclaimable("/data/node2", rules).ok()) << "a name that only begins the same";
  EXPECT_TRUE(CheckReclaimable("/data/node/agent/volumes/default/c", rules).ok());
  // Given volumes in a place where nothing else may go
  EXPECT_TRUE(
      CheckReclaimable(kRoot + "/v/default/c", {{kRoot + "/s", kRoot + "/v", "/run/o", "/l/p", "/l/c"}, {}}).ok());
}

TEST(WipeVolume, RemovesTheContentsAndKeepsTheDirectory) {
  const ScratchDirectory scratch;
  WriteFile(scratch / "outside/precious", "data");
  WriteFile(scratch / "pv/a/b", "");
  WriteFile(scratch / "pv/.hidden", "");
  std::filesystem::create_directory_symlink(scratch / "outside", scratch / "pv/out");
  const Status wiped = WipeVolume(At(scratch / "pv/"), {});
  ASSERT_TRUE(wiped.ok()) << wiped.error().message;
  EXPECT_TRUE(is_empty(scratch / "pv"));
  EXPECT_EQ(ReadFile(scratch / "outside/precious"), "data");
  EXPECT_TRUE(WipeVolume(At(scratch / "pv"), {}).ok()) << "empty already";
}

TEST(WipeVolume, ADirectoryThatIsNotThereCountsOnlyWhereItMayBeMissing) {
  const ScratchDirectory scratch;
  EXPECT_TRUE(WipeVolume(At(scratch / "pv"), {}).ok());
  const Status missing = WipeVolume({scratch / "pv", false, {}}, {});
  ASSERT_FALSE(missing.ok()) << "its disk may be mounted later, with all that is on it";
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST(WipeVolume, IsNotLedElsewhere) {
  const ScratchDirectory scratch;
  const ReclaimRules rules = RulesIn(scratch.path());
  WriteFile(scratch / "agent/pki/key", "data");
  WriteFile(scratch / "file", "data");
  std::filesystem::create_directory_symlink(scratch / "agent", scratch / "up");
  std::filesystem::create_directory_symlink(scratch / "agent/pki", scratch / "link");
  for (const std::string path : {"link", "up/pki", "file", "agent", "agent/../agent/pki"}) {
    EXPECT_FALSE(WipeVolume(At(scratch / path), rules).ok()) << path;
    EXPECT_FALSE(RemoveVolume(At(scratch / path), rules).ok()) << path;
  }
  EXPECT_EQ(ReadFile(scratch / "agent/pki/key"), "data");
  EXPECT_EQ(ReadFile(scratch / "file"), "data");
}

TEST(WipeVolume, WhatAnotherVolumeShowsStays) {
  const ScratchDirectory scratch;
  WriteFile(scratch / "pv/inner/data", "data");
  std::filesystem::create_directory_symlink(scratch / "pv", scratch / "link");
  for (const std::string other : {"pv", "pv/inner", "link", "link/inner"}) {
    const Status wiped = WipeVolume({scratch / "pv", true, {scratch / other}}, {});
    ASSERT_FALSE(wiped.ok()) << other;
    EXPECT_EQ(wiped.error().code, ErrorCode::kFailedPrecondition);
  }
  EXPECT_FALSE(WipeVolume({scratch / "pv/inner", true, {scratch.path()}}, {}).ok()) << "one around it";
  EXPECT_EQ(ReadFile(scratch / "pv/inner/data"), "data");
  EXPECT_TRUE(WipeVolume({scratch / "pv", true, {scratch / "pv2"}}, {}).ok());
}

TEST(RemoveVolume, TheDirectoryGoesAndTheNamespacesWithItsLastOne) {
  const ScratchDirectory scratch;
  const ReclaimRules rules = RulesIn(scratch.path());
  WriteFile(scratch / "agent/volumes/default/a/x", "");
  WriteFile(scratch / "agent/volumes/default/b/x", "");
  WriteFile(scratch / "agent/volumes/_disks/d/x", "");
  ASSERT_TRUE(RemoveVolume(At(scratch / "agent/volumes/default/a"), rules).ok());
  EXPECT_FALSE(exists(scratch / "agent/volumes/default/a"));
  EXPECT_TRUE(exists(scratch / "agent/volumes/default/b/x"));
  ASSERT_TRUE(RemoveVolume(At(scratch / "agent/volumes/default/b"), rules).ok());
  EXPECT_FALSE(exists(scratch / "agent/volumes/default"));
  ASSERT_TRUE(RemoveVolume(At(scratch / "agent/volumes/_disks/d"), rules).ok());
  EXPECT_TRUE(exists(scratch / "agent/volumes/_disks"));
  EXPECT_TRUE(RemoveVolume(At(scratch / "agent/volumes/default/b"), rules).ok()) << "gone already";
}

TEST(RemoveVolume, AnEmptyNamespaceLeftByAKilledAgentGoesWithTheSecondTry) {
  const ScratchDirectory scratch;
  std::filesystem::create_directories(scratch / "agent/volumes/default");
  ASSERT_TRUE(RemoveVolume(At(scratch / "agent/volumes/default/a"), RulesIn(scratch.path())).ok());
  EXPECT_FALSE(exists(scratch / "agent/volumes/default"));
}

TEST(Reclaim, AMountPointIsEmptiedAndKeptAndOneInsideIsNotEntered) {
  const ScratchDirectory scratch;
  WriteFile(scratch / "disk/x", "");
  WriteFile(scratch / "precious/data", "data");
  std::filesystem::create_directories(scratch / "pv");
  const std::string refusal = fakes::InPrivateNamespace(CLONE_NEWNS, [&] {
    ASSERT_EQ(::mount((scratch / "disk").c_str(), (scratch / "pv").c_str(), nullptr, MS_BIND, nullptr), 0);
    Status done = WipeVolume(At(scratch / "pv"), {});
    EXPECT_TRUE(done.ok()) << done.error().message;
    EXPECT_TRUE(is_empty(scratch / "disk"));
    WriteFile(scratch / "pv/y", "");
    done = RemoveVolume(At(scratch / "pv"), {});
    EXPECT_TRUE(done.ok()) << done.error().message;
    EXPECT_TRUE(is_empty(scratch / "disk"));
    EXPECT_TRUE(exists(scratch / "pv"));

    std::filesystem::create_directories(scratch / "pv/inner");
    ASSERT_EQ(::mount((scratch / "precious").c_str(), (scratch / "pv/inner").c_str(), nullptr, MS_BIND, nullptr), 0);
    done = WipeVolume(At(scratch / "pv"), {});
    ASSERT_FALSE(done.ok());
    EXPECT_THAT(done.error().message, HasSubstr(scratch / "pv/inner"));
    EXPECT_FALSE(RemoveVolume(At(scratch / "pv"), {}).ok());
  });
  EXPECT_EQ(ReadFile(scratch / "precious/data"), "data");
  if (!refusal.empty()) GTEST_SKIP() << refusal;
}

}  // namespace
}  // namespace ordinal::volumes

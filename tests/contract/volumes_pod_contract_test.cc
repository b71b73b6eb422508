// A pod's volumes from Mount to Unmount, on files of the host: with the fake mounter, and as root with the real one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <map>

#include "tests/fakes/fake_mounter.h"
#include "tests/fakes/private_namespace.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"
#include "volumes/linux/linux_mounter.h"
#include "volumes/pod_volumes.h"

namespace ordinal::volumes {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kUid[] = "cec43446-c331-4860-9160-e4b15c800db0";

/// One agent's worth of directories, and the calls of podsync.
struct Host {
  Host(Mounter& the_mounter, const fakes::ScratchDirectory& the_scratch)
      : mounter(the_mounter),
        scratch(the_scratch),
        layout(Directories{.state = scratch / "state", .volumes = scratch / "volumes"}),
        volumes(MakePodVolumes(layout, mounter, pool)) {}

  std::vector<std::string> Mounts() { return *mounter.ListMounts(scratch.path()); }
  Status Mount(const PodVolumesSpec& spec) { return RunTask(control, volumes->Mount(spec)); }
  Status Unmount() { return RunTask(control, volumes->Unmount(kUid)); }
  Result<std::vector<ReadyMount>> MountContainer(const PodVolumesSpec& spec) {
    return RunTask(control, volumes->MountContainer(spec, "main"));
  }

  Mounter& mounter;
  const fakes::ScratchDirectory& scratch;
  Layout layout;
  asio::io_context control;
  BlockingPool pool{2};
  std::unique_ptr<PodVolumes> volumes;
};

class PodVolumesContract : public ::testing::TestWithParam<std::string> {
 protected:
  void OnHost(const std::function<void(Host&)>& body) {
    const fakes::ScratchDirectory scratch;
    if (GetParam() == "fake") {
      fakes::FakeMounter mounter;
      Host host(mounter, scratch);
      body(host);
      return;
    }
    const std::string refusal = fakes::InPrivateNamespace(CLONE_NEWNS, [&] {
      LinuxMounter mounter;
      Host host(mounter, scratch);
      body(host);
    });
    if (!refusal.empty()) GTEST_SKIP() << refusal;
  }
};

struct stat StatOf(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info;
}

/// A pod with a disk and a memory emptyDir and a claim, the claim mounted whole and by subPath.
PodVolumesSpec KubiaPod(const Host& host) {
  return {.uid = kUid,
          .volumes = {{"cache", EmptyDir{}},
                      {"shm", EmptyDir{.memory = true, .size_limit = 1 << 20}},
                      {"data", LocalDirectory{.path = *host.layout.Claim("default", "data-kubia-0"), .create = true}}},
          .mounts = {{"cache", "main", "/cache"},
                     {"shm", "main", "/shm"},
                     {"data", "main", "/var/data"},
                     {"data", "main", "/var/part", "a/b", true}},
          .fs_group = {}};
}

TEST_P(PodVolumesContract, AContainerGetsTheHostPathOfEachMountInOrder) {
  OnHost([](Host& host) {
    const PodVolumesSpec pod = KubiaPod(host);
    const auto mounted = host.Mount(pod);
    ASSERT_TRUE(mounted.ok()) << mounted.error().message;
    const auto mounts = host.MountContainer(pod);
    ASSERT_TRUE(mounts.ok()) << mounts.error().message;

    const std::string claim = host.scratch / "volumes/default/data-kubia-0";
    EXPECT_THAT(*mounts,
                ElementsAre(ReadyMount{"/cache", host.layout.EmptyDir(kUid, "cache")},
                            ReadyMount{"/shm", host.layout.EmptyDir(kUid, "shm")}, ReadyMount{"/var/data", claim},
                            ReadyMount{"/var/part", host.layout.SubPath(kUid, "data", "main", 3), true}));
    EXPECT_THAT(host.Mounts(),
                ElementsAre(host.layout.EmptyDir(kUid, "shm"), host.layout.SubPath(kUid, "data", "main", 3)));
    EXPECT_EQ(StatOf(host.layout.EmptyDir(kUid, "cache")).st_mode & 07777, 0777U);
    EXPECT_EQ(StatOf(claim).st_mode & 07777, 0777U);
    EXPECT_EQ(StatOf(claim + "/a/b").st_mode & 07777, 0777U) << "a subPath is made with the mode of its volume";
    ASSERT_TRUE(host.Unmount().ok());
  });
}

TEST_P(PodVolumesContract, MountingAgainLeavesWhatIsReadyAsItsUsersMadeIt) {
  OnHost([](Host& host) {
    const PodVolumesSpec pod = KubiaPod(host);
    ASSERT_TRUE(host.Mount(pod).ok());
    fakes::WriteFile(host.layout.EmptyDir(kUid, "cache") + "/kept", "1");
    fakes::WriteFile(host.layout.EmptyDir(kUid, "shm") + "/kept", "2");
    ASSERT_EQ(::chmod(host.layout.EmptyDir(kUid, "cache").c_str(), 0700), 0);
    const auto before = host.Mounts();

    ASSERT_TRUE(host.Mount(pod).ok());  // a container restarted, or the agent did

    EXPECT_EQ(host.Mounts(), before);
    EXPECT_EQ(fakes::ReadFile(host.layout.EmptyDir(kUid, "cache") + "/kept"), "1");
    EXPECT_EQ(fakes::ReadFile(host.layout.EmptyDir(kUid, "shm") + "/kept"), "2");
    EXPECT_EQ(StatOf(host.layout.EmptyDir(kUid, "cache")).st_mode & 07777, 0700U);
    ASSERT_TRUE(host.Unmount().ok());
  });
}

/// A pod with a secret, whole and one file of it by subPath.
PodVolumesSpec ConfiguredPod(const std::string& text) {
  const std::vector<ConfigFile> files = {{"key", std::make_shared<const std::string>(text), 0400}};
  return {.uid = kUid,
          .volumes = {{"keys", ConfigFiles{"kubernetes.io~secret", true, text, files, {}}}},
          .mounts = {{"keys", "main", "/keys"}, {"keys", "main", "/one", "key"}},
          .fs_group = {}};
}

TEST_P(PodVolumesContract, FilesOfConfigurationAreReadOnlyAndReplaced) {
  OnHost([](Host& host) {
    ASSERT_TRUE(host.Mount(ConfiguredPod("old")).ok());
    const auto mounts = host.MountContainer(ConfiguredPod("old"));
    ASSERT_TRUE(mounts.ok()) << mounts.error().message;
    const std::string root = host.layout.ConfigFiles(kUid, "kubernetes.io~secret", "keys");
    const std::string one = host.layout.SubPath(kUid, "keys", "main", 1);
    EXPECT_THAT(*mounts, ElementsAre(ReadyMount{"/keys", root, true}, ReadyMount{"/one", one, true}));
    EXPECT_EQ(fakes::ReadFile(root + "/key"), "old");
    EXPECT_EQ(StatOf(root + "/key").st_mode & 07777, 0400U);
    const auto mounted = host.Mounts();

    ASSERT_TRUE(host.Mount(ConfiguredPod("new")).ok());
    EXPECT_EQ(fakes::ReadFile(root + "/key"), "new");
    EXPECT_EQ(host.Mounts(), mounted);

    // what is missing keeps what is there
    PodVolumesSpec missing = ConfiguredPod("");
    std::get<ConfigFiles>(missing.volumes[0].source).missing = MakeError(ErrorCode::kFailedPrecondition, "not found");
    ASSERT_TRUE(host.Mount(missing).ok());
    EXPECT_EQ(fakes::ReadFile(root + "/key"), "new");
    ASSERT_TRUE(host.Unmount().ok());
    EXPECT_THAT(host.Mounts(), IsEmpty());
    // and is an error where nothing is
    const auto refused = host.Mount(missing);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().reason, "FailedMount");
    EXPECT_THAT(refused.error().message, HasSubstr("volume \"keys\": not found"));
    ASSERT_TRUE(host.Unmount().ok());
  });
}

TEST_P(PodVolumesContract, AFileThatComesAfterTheContainerThatMountsItIsTheNextOnes) {
  OnHost([](Host& host) {
    PodVolumesSpec empty = ConfiguredPod("none");
    std::get<ConfigFiles>(empty.volumes[0].source).files.clear();
    ASSERT_TRUE(host.Mount(empty).ok());
    ASSERT_TRUE(host.MountContainer(empty).ok());  // a directory, as with a kubelet
    const auto mounted = host.Mount(ConfiguredPod("new"));
    ASSERT_TRUE(mounted.ok()) << mounted.error().message;
    const auto mounts = host.MountContainer(ConfiguredPod("new"));
    ASSERT_TRUE(mounts.ok()) << mounts.error().message;
    EXPECT_EQ(fakes::ReadFile(host.layout.ConfigFiles(kUid, "kubernetes.io~secret", "keys") + "/key"), "new");
    ASSERT_TRUE(host.Unmount().ok());
  });
}

TEST_P(PodVolumesContract, UnmountLeavesNothingOfThePodAndAllOfTheClaim) {
  OnHost([](Host& host) {
    const PodVolumesSpec pod = KubiaPod(host);
    ASSERT_TRUE(host.Mount(pod).ok());
    const std::string claim = host.scratch / "volumes/default/data-kubia-0";
    fakes::WriteFile(claim + "/a/b/kubia.txt", "data");
    ASSERT_TRUE(host.MountContainer(pod).ok());
    fakes::WriteFile(host.layout.EtcHosts(kUid), "127.0.0.1 localhost\n");
    EXPECT_THAT(*RunTask(host.control, host.volumes->KnownPods()), ElementsAre(kUid));

    const auto unmounted = host.Unmount();

    ASSERT_TRUE(unmounted.ok()) << unmounted.error().message;
    EXPECT_THAT(host.Mounts(), IsEmpty());
    EXPECT_THAT(*RunTask(host.control, host.volumes->KnownPods()), IsEmpty());
    EXPECT_TRUE(std::filesystem::is_empty(host.layout.Pods()));
    EXPECT_EQ(fakes::ReadFile(claim + "/a/b/kubia.txt"), "data");
    EXPECT_TRUE(host.Unmount().ok()) << "twice is success";
  });
}

TEST_P(PodVolumesContract, SymlinksLeftInAVolumeAreRemovedAndNotFollowed) {
  OnHost([](Host& host) {
    fakes::WriteFile(host.scratch / "outside/precious", "data");
    const PodVolumesSpec pod = KubiaPod(host);
    ASSERT_TRUE(host.Mount(pod).ok());
    const std::string cache = host.layout.EmptyDir(kUid, "cache");
    std::filesystem::create_directory_symlink(host.scratch / "outside", cache + "/out");
    std::filesystem::create_symlink(host.scratch / "outside/precious", cache + "/file");

    ASSERT_TRUE(host.Unmount().ok());

    EXPECT_FALSE(std::filesystem::exists(host.layout.Pod(kUid)));
    EXPECT_EQ(fakes::ReadFile(host.scratch / "outside/precious"), "data");
  });
}

TEST_P(PodVolumesContract, ASubPathCannotLeaveItsVolume) {
  const std::map<std::string, std::string> links = {
      {"absolute", "/etc"}, {"up", "../../../.."}, {"magic", "/proc/self/root"}, {"dangling", "nowhere"}};
  OnHost([&](Host& host) {
    PodVolumesSpec pod = KubiaPod(host);
    ASSERT_TRUE(host.Mount(pod).ok());
    const std::string claim = host.scratch / "volumes/default/data-kubia-0";
    for (const auto& [name, target] : links) std::filesystem::create_symlink(target, claim + "/" + name);
    for (const std::string sub_path :
         {"absolute", "absolute/passwd", "up", "up/new", "magic", "dangling", "dangling/x"}) {
      pod.mounts = {{"data", "main", "/d", sub_path}};
      const auto mounts = host.MountContainer(pod);
      ASSERT_FALSE(mounts.ok()) << sub_path;
      EXPECT_EQ(mounts.error().code, ErrorCode::kPermissionDenied) << mounts.error().message;
      EXPECT_EQ(mounts.error().reason, "CreateContainerConfigError");
      EXPECT_THAT(mounts.error().message, AllOf(HasSubstr("volume \"data\""), HasSubstr("symlink")));
    }
    EXPECT_THAT(host.Mounts(), ElementsAre(host.layout.EmptyDir(kUid, "shm")));
    ASSERT_TRUE(host.Unmount().ok());
  });
}

TEST_P(PodVolumesContract, ASubPathMayBeAFileAndASymlinkInside) {
  OnHost([](Host& host) {
    PodVolumesSpec pod = KubiaPod(host);
    ASSERT_TRUE(host.Mount(pod).ok());
    const std::string claim = host.scratch / "volumes/default/data-kubia-0";
    fakes::WriteFile(claim + "/conf/app.ini", "x=1");
    std::filesystem::create_symlink("conf/app.ini", claim + "/current");
    pod.mounts = {{"data", "main", "/app.ini", "current"}};

    const auto mounts = host.MountContainer(pod);

    ASSERT_TRUE(mounts.ok()) << mounts.error().message;
    EXPECT_TRUE(std::filesystem::is_regular_file(mounts->front().host_path));
    ASSERT_TRUE(host.Unmount().ok());
    EXPECT_EQ(fakes::ReadFile(claim + "/conf/app.ini"), "x=1");
  });
}

TEST_P(PodVolumesContract, AnErrorNamesVolumePathAndCureAndTheRestCanBeTriedAgain) {
  OnHost([](Host& host) {
    const std::string disk = host.scratch / "disk";
    const PodVolumesSpec pod{.uid = kUid, .volumes = {{"data", LocalDirectory{.path = disk}}}};

    const auto missing = host.Mount(pod);
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().reason, "FailedMount");
    EXPECT_THAT(missing.error().message, AllOf(HasSubstr("volume \"data\""), HasSubstr(disk), HasSubstr("create it")));
    std::filesystem::create_directory(disk);
    EXPECT_TRUE(host.Mount(pod).ok());
    ASSERT_TRUE(host.Unmount().ok());
    EXPECT_TRUE(std::filesystem::is_directory(disk));
  });
}

TEST_P(PodVolumesContract, AUidThatIsAPathIsRefused) {
  OnHost([](Host& host) {
    fakes::WriteFile(host.scratch / "state/store.db", "precious");
    for (const std::string uid : {"..", ".", "", "a/b", "../volumes"}) {
      const auto unmounted = RunTask(host.control, host.volumes->Unmount(uid));
      ASSERT_FALSE(unmounted.ok()) << uid;
      EXPECT_EQ(unmounted.error().code, ErrorCode::kInvalid);
      EXPECT_FALSE(host.Mount({.uid = uid, .volumes = {}}).ok());
    }
    EXPECT_EQ(fakes::ReadFile(host.scratch / "state/store.db"), "precious");
  });
}

INSTANTIATE_TEST_SUITE_P(Mounters, PodVolumesContract, ::testing::Values("fake", "linux"),
                         [](const auto& test) { return test.param; });

// Only real mounts can show these.

class LinuxPodVolumesTest : public PodVolumesContract {};

TEST_P(LinuxPodVolumesTest, ASubPathShowsTheVolumesFilesAndIsKeptAcrossRestarts) {
  OnHost([](Host& host) {
    const PodVolumesSpec pod = KubiaPod(host);
    ASSERT_TRUE(host.Mount(pod).ok());
    const std::string claim = host.scratch / "volumes/default/data-kubia-0";
    const auto mounts = host.MountContainer(pod);
    ASSERT_TRUE(mounts.ok()) << mounts.error().message;
    fakes::WriteFile(mounts->back().host_path + "/file", "through the mount");
    EXPECT_EQ(fakes::ReadFile(claim + "/a/b/file"), "through the mount");
    const auto before = host.Mounts();

    ASSERT_TRUE(host.MountContainer(pod).ok());
    EXPECT_EQ(host.Mounts(), before);

    // The container replaced the directory: the next start shows the new one, and once.
    std::filesystem::rename(claim + "/a/b", claim + "/a/old");
    fakes::WriteFile(claim + "/a/b/file", "new");
    ASSERT_TRUE(host.MountContainer(pod).ok());
    EXPECT_EQ(host.Mounts(), before);
    EXPECT_EQ(fakes::ReadFile(mounts->back().host_path + "/file"), "new");
    ASSERT_TRUE(host.Unmount().ok());
    EXPECT_EQ(fakes::ReadFile(claim + "/a/old/file"), "through the mount");
  });
}

TEST_P(LinuxPodVolumesTest, MountsThatAContainerMadeBelowItsVolumeGoFirst) {
  OnHost([](Host& host) {
    const PodVolumesSpec pod = KubiaPod(host);
    ASSERT_TRUE(host.Mount(pod).ok());
    const std::string inner = host.layout.EmptyDir(kUid, "shm") + "/inner";  // Bidirectional propagation
    std::filesystem::create_directory(inner);
    ASSERT_TRUE(host.mounter.MountTmpfs(inner, {}).ok());

    ASSERT_TRUE(host.Unmount().ok());
    EXPECT_THAT(host.Mounts(), IsEmpty());
  });
}

TEST_P(LinuxPodVolumesTest, PersistentDataBoundIntoThePodOutlivesIt) {
  OnHost([](Host& host) {
    fakes::WriteFile(host.scratch / "volumes/default/claim/precious", "data");
    const std::string inside = host.layout.EmptyDir(kUid, "cache") + "/bound";
    ASSERT_TRUE(host.Mount(KubiaPod(host)).ok());
    std::filesystem::create_directory(inside);
    ASSERT_EQ(::mount((host.scratch / "volumes/default/claim").c_str(), inside.c_str(), nullptr, MS_BIND, nullptr), 0);

    ASSERT_TRUE(host.Unmount().ok());
    EXPECT_FALSE(std::filesystem::exists(host.layout.Pod(kUid)));
    EXPECT_EQ(fakes::ReadFile(host.scratch / "volumes/default/claim/precious"), "data");
  });
}

TEST_P(LinuxPodVolumesTest, FsGroupOwnsEmptyDirsAndClaimsButNotHostPaths) {
  OnHost([](Host& host) {
    const std::string claim = host.scratch / "volumes/default/data-kubia-0";
    fakes::WriteFile(claim + "/dir/file", "");
    std::filesystem::create_directory(host.scratch / "host");
    ASSERT_EQ(::chmod((claim + "/dir/file").c_str(), 0600), 0);
    PodVolumesSpec pod = KubiaPod(host);
    pod.volumes.push_back({"host", HostPath{.path = host.scratch / "host", .type = HostPathType::kDirectory}});
    pod.fs_group = 2000;
    ASSERT_TRUE(host.Mount(pod).ok());

    const std::map<std::string, std::pair<mode_t, gid_t>> expected = {
        {host.layout.EmptyDir(kUid, "cache"), {02777, 2000}},
        {host.layout.EmptyDir(kUid, "shm"), {03777, 2000}},
        {claim + "/dir", {02775, 2000}},
        {claim + "/dir/file", {0660, 2000}},
        {host.scratch / "host", {0755, 0}}};
    for (const auto& [path, wanted] : expected) {
      EXPECT_EQ(StatOf(path).st_mode & 07777, wanted.first) << path;
      EXPECT_EQ(StatOf(path).st_gid, wanted.second) << path;
    }
    // Once per pod: what the application did since then stays.
    ASSERT_EQ(::chmod((claim + "/dir/file").c_str(), 0600), 0);
    ASSERT_TRUE(host.Mount(pod).ok());
    EXPECT_EQ(StatOf(claim + "/dir/file").st_mode & 07777, 0600U);
    ASSERT_TRUE(host.Unmount().ok());
  });
}

INSTANTIATE_TEST_SUITE_P(Mounters, LinuxPodVolumesTest, ::testing::Values("linux"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace ordinal::volumes

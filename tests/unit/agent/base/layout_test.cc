#include "agent/base/layout.h"

#include <gtest/gtest.h>

namespace ordinal {
namespace {

const Layout kLayout{Directories{}};

TEST(Layout, DrawsTheTreeOfItsHeader) {
  const std::string pod = "/var/lib/ordinald/pods/u-1";
  EXPECT_EQ(kLayout.Store(), "/var/lib/ordinald/store.db");
  EXPECT_EQ(kLayout.Images(), "/var/lib/ordinald/images");
  EXPECT_EQ(Layout::ImportRecordIn(kLayout.Images()), "/var/lib/ordinald/images/.imported.json");
  EXPECT_EQ(kLayout.Lock(), "/run/ordinald/ordinald.lock");
  EXPECT_EQ(kLayout.Pod("u-1"), pod);
  EXPECT_EQ(kLayout.EtcHosts("u-1"), pod + "/etc-hosts");
  EXPECT_EQ(kLayout.TerminationLog("u-1", "c", "d35f89dd"), pod + "/containers/c/d35f89dd");
  EXPECT_EQ(kLayout.EmptyDir("u-1", "e"), pod + "/volumes/kubernetes.io~empty-dir/e");
  EXPECT_EQ(kLayout.SubPath("u-1", "e", "c", 2), pod + "/volume-subpaths/e/c/2");
  EXPECT_EQ(kLayout.OwnedMarker("u-1", "v"), pod + "/owned/v");
  EXPECT_EQ(*kLayout.Claim("default", "data-kubia-0"), "/var/lib/ordinald/volumes/default/data-kubia-0");
  EXPECT_EQ(*kLayout.Disk("pv-a"), "/var/lib/ordinald/volumes/_disks/pv-a");
}

TEST(Layout, NamesLogsAsTheKubeletDoes) {  // recorded of a real one
  EXPECT_EQ(kLayout.PodLogs("default", "security-and-env", "cec43446-c331-4860-9160-e4b15c800db0"),
            "/var/log/pods/default_security-and-env_cec43446-c331-4860-9160-e4b15c800db0");
  EXPECT_EQ(Layout::ContainerLog("c", 0), "c/0.log");
  EXPECT_EQ(kLayout.ContainerLogFile("default", "p", "u", "c", 2), "/var/log/pods/default_p_u/c/2.log");
  EXPECT_EQ(kLayout.ContainerLogLink("kubia-0", "default", "kubia", "34a8bf7c"),
            "/var/log/containers/kubia-0_default_kubia-34a8bf7c.log");
  const std::string longest = kLayout.ContainerLogLink(std::string(200, 'p'), "default", "kubia", std::string(64, 'f'));
  EXPECT_EQ(longest,
            "/var/log/containers/" + std::string(200, 'p') + "_default_kubia-" + std::string(36, 'f') + ".log");
}

TEST(Layout, PersistentDirectoriesStayInTheVolumesDirectory) {
  for (const std::string name : {"", ".", "..", "a/b", "../default", "/etc"}) {
    EXPECT_FALSE(kLayout.Claim("default", name).ok()) << name;
    EXPECT_FALSE(kLayout.Claim(name, "claim").ok()) << name;
    ASSERT_FALSE(kLayout.Disk(name).ok()) << name;
    EXPECT_EQ(kLayout.Disk(name).error().code, ErrorCode::kInvalid);
  }
  EXPECT_FALSE(kLayout.Claim("_disks", "pv-a").ok()) << "a claim must not be a disk";
  EXPECT_FALSE(kLayout.Disk(std::string(256, 'a')).ok());
  EXPECT_FALSE(kLayout.Disk(std::string("a\0b", 3)).ok());
}

}  // namespace
}  // namespace ordinal

#include "cri/images/sandbox_image.h"

#include <gtest/gtest.h>

namespace ordinal::cri {
namespace {

TEST(SandboxImage, IsPinnedInTheConfigurationOfContainerd2) {
  EXPECT_EQ(SandboxImageOfDump(R"(version = 3
[plugins]
  [plugins.'io.containerd.cri.v1.images']
    snapshotter = 'overlayfs'

    [plugins.'io.containerd.cri.v1.images'.pinned_images]
      sandbox = 'registry.k8s.io/pause:3.10'

    [plugins.'io.containerd.cri.v1.images'.registry]
      config_path = ''
)"),
            "registry.k8s.io/pause:3.10");
}

TEST(SandboxImage, StandsInTheCriSectionOfContainerd1) {
  EXPECT_EQ(SandboxImageOfDump(R"([plugins]
  [plugins."io.containerd.grpc.v1.cri"]
    sandbox_image = "ordinal.test/pause:1"
    [plugins."io.containerd.grpc.v1.cri".cni]
      bin_dir = "/usr/lib/cni"
)"),
            "ordinal.test/pause:1");
}

TEST(SandboxImage, IsNotAnotherKeyOfThatName) {
  for (const char* other :
       {"", "sandbox = 'elsewhere'", "[plugins.'x.pinned_images']\nsandbox = 'elsewhere'",
        "[plugins.'io.containerd.cri.v1.images'.pinned_images]\nsandboxer = 'podsandbox'",
        "[plugins.'io.containerd.cri.v1.images'.pinned_images]\nsandbox = ''",
        "[plugins.'io.containerd.cri.v1.images'.pinned_images]\nsandbox = '", "sandbox_image = 7"}) {
    EXPECT_EQ(SandboxImageOfDump(other), std::nullopt) << other;
  }
}

TEST(SandboxImage, IsNamedInTheErrorOfASandboxWithoutIt) {
  EXPECT_EQ(SandboxImageOfError("run a sandbox for pod a/b: failed to start sandbox \"8\": failed to get sandbox image "
                                "\"registry.k8s.io/pause:3.10\": failed to pull image: no such host"),
            "registry.k8s.io/pause:3.10");
  for (const char* other : {"", "failed to get sandbox image", "failed to get sandbox image \"",
                            "failed to get sandbox image \"\"", "failed to pull image \"x\""}) {
    EXPECT_EQ(SandboxImageOfError(other), std::nullopt) << other;
  }
}

TEST(SandboxImage, CannotBeAskedOfNobody) {
  EXPECT_FALSE(SandboxImageOfRuntime("unix:///no/such/socket").ok());
  EXPECT_FALSE(SandboxImageOfRuntime("tcp://127.0.0.1:1").ok());
}

}  // namespace
}  // namespace ordinal::cri

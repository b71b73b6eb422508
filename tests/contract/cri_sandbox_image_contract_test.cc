// The sandbox image of a runtime that does not name it in its status, as containerd 2.x.
#include <gtest/gtest.h>

#include "cri/images/sandbox_image.h"
#include "tests/contract/cri_subject.h"

namespace ordinal {
namespace {

class ContainerdSandboxImage : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string missing = PrivateContainerd::Missing(); !missing.empty()) GTEST_SKIP() << missing;
    subject_ = std::make_unique<ContainerdSubject>();
  }

  std::unique_ptr<ContainerdSubject> subject_;
};

TEST_F(ContainerdSandboxImage, IsToldByTheProgramBehindTheSocket) {
  const auto name = cri::SandboxImageOfRuntime(subject_->containerd().endpoint());
  ASSERT_TRUE(name.ok()) << name.error().message;
  EXPECT_EQ(*name, PrivateContainerd::kSandboxImage);
}

TEST_F(ContainerdSandboxImage, IsMadeWhenASandboxMissesIt) {
  std::string made;
  const auto runtime = cri::MakeGrpcRuntime(subject_->connection(), [&](std::string name) -> Task<Status> {
    made = name;
    return subject_->importer().ImportPause(std::move(name));
  });
  ASSERT_TRUE(subject_->Do(runtime->RemoveImage(PrivateContainerd::kSandboxImage)).ok());
  cri::SandboxConfig pod;
  pod.name = pod.uid = pod.hostname = "pod";
  pod.ns = "default";
  const auto sandbox = subject_->Do(runtime->RunSandbox(pod));
  EXPECT_TRUE(sandbox.ok()) << sandbox.error().message;
  EXPECT_EQ(made, PrivateContainerd::kSandboxImage);
}

}  // namespace
}  // namespace ordinal

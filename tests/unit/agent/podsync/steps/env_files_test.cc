#include "agent/podsync/steps/env_files.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/agent/podsync/steps/step_test_base.h"

namespace ordinal::podsync {
namespace {

namespace fs = std::filesystem;

class EnvFilesStep : public StepTest {
 protected:
  void SetUp() override {
    Json spec = Spec({}, {"main"});
    spec["volumes"] = Json::parse(R"([{"name": "v", "emptyDir": {}}])");
    spec["containers"][0]["env"] = Json::parse(
        R"([{"name": "A", "valueFrom": {"fileKeyRef": {"volumeName": "v", "path": "deep/a.env", "key": "A"}}}])");
    context_of_ = &For(std::move(spec));
    root_ = layout_.EmptyDir(pod_->meta.uid, "v");
    fs::create_directories(root_ + "/deep");
  }
  Result<api::StringMap> Read() {
    const auto files = RunTask(io_, ReadEnvFiles(*context_of_, pod_->spec.containers[0]));
    const auto found = files.find({"v", "deep/a.env"});
    return found == files.end() ? MakeError(ErrorCode::kInternal, "not looked at") : found->second;
  }
  ErrorCode Refusal() {
    const auto read = Read();
    return read.ok() ? ErrorCode::kInternal : read.error().code;
  }
  std::string Path() const { return root_ + "/deep/a.env"; }

  StepContext* context_of_ = nullptr;
  std::string root_;
};

TEST_F(EnvFilesStep, ReadsAFileOfTheVolume) {
  EXPECT_EQ(Refusal(), ErrorCode::kNotFound);
  std::ofstream(Path()) << "A='1'\n";
  EXPECT_EQ(Read()->at("A"), "1");
  fs::rename(Path(), root_ + "/other");
  fs::create_symlink("../other", Path());
  EXPECT_EQ(Read()->at("A"), "1") << "a link that stays in the volume";
}

TEST_F(EnvFilesStep, LooksOnlyIntoWhatThePodDeclaresAsEmptyDir) {
  std::ofstream(Path()) << "A='1'\n";
  ASSERT_TRUE(Read().ok());
  pod_->spec.volumes[0].source = "hostPath";
  EXPECT_EQ(Read().error().message, "not looked at");
  pod_->spec.volumes.clear();
  EXPECT_EQ(Read().error().message, "not looked at");
}

/// A container may have put anything there.
TEST_F(EnvFilesStep, OpensNothingButAFileAndNothingOutside) {
  std::ofstream(directory_ / "secret") << "A='1'\n";
  fs::create_symlink(directory_ / "secret", Path());
  EXPECT_EQ(Refusal(), ErrorCode::kNotFound) << "an absolute link is one below the volume";
  fs::remove(Path());
  ASSERT_EQ(::mkfifo(Path().c_str(), 0600), 0);
  EXPECT_EQ(Refusal(), ErrorCode::kInvalid);
  fs::remove(Path());
  fs::create_directory(Path());
  EXPECT_EQ(Refusal(), ErrorCode::kInvalid);
  fs::remove(Path());
  if (::mknod(Path().c_str(), S_IFCHR | 0600, makedev(1, 5)) == 0) {  // /dev/zero
    EXPECT_EQ(Refusal(), ErrorCode::kInvalid);
    fs::remove(Path());
  }
  std::ofstream(Path()) << "A='" << std::string(kLargestEnvFile, 'x') << "'";
  EXPECT_EQ(Refusal(), ErrorCode::kInvalid);
}

}  // namespace
}  // namespace ordinal::podsync

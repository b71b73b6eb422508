// Tarballs → a real containerd: what the runtime then has, and what it has not after a failure.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "cri/images/digest.h"
#include "cri/images/watch.h"
#include "cri/proto/content.pb.h"
#include "cri/proto/leases.pb.h"
#include "tests/contract/cri_subject.h"

namespace ordinal {
namespace {

namespace leases = containerd::services::leases::v1;
namespace content = containerd::services::content::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr cri::Method<leases::ListResponse> kListLeases{"/containerd.services.leases.v1.Leases/List"};
constexpr cri::Method<leases::CreateResponse> kCreateLease{"/containerd.services.leases.v1.Leases/Create"};
constexpr cri::Method<containerd::wkt::Empty> kDeleteLease{"/containerd.services.leases.v1.Leases/Delete"};
constexpr cri::Method<content::InfoResponse> kInfo{"/containerd.services.content.v1.Content/Info"};

class CriImages : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string missing = PrivateContainerd::Missing(); !missing.empty()) GTEST_SKIP() << missing;
    subject_ = std::make_unique<ContainerdSubject>();
  }

  template <class T>
  T Do(Task<T> task) {
    return subject_->Do(std::move(task));
  }

  template <class Reply, class Request>
  auto Call(cri::Method<Reply> method, Request request) {
    cri::CallOptions options(std::chrono::seconds(10));
    options.metadata = {{"containerd-namespace", "k8s.io"}};
    return Do(subject_->connection()->Call(method, std::move(request), std::move(options)));
  }

  /// Makes containerd collect now everything that nothing refers to: a lease that is deleted with sync does.
  void CollectGarbage() {
    leases::CreateRequest create;
    create.set_id("collect");
    Call(kCreateLease, create);
    leases::DeleteRequest remove;
    remove.set_id("collect");
    remove.set_sync(true);
    Call(kDeleteLease, remove);
  }

  bool HasBlob(const std::string& digest) {
    content::InfoRequest request;
    request.set_digest(digest);
    return Call(kInfo, request).first.ok();
  }

  int Leases() { return Call(kListLeases, leases::ListRequest()).second->leases_size(); }

  Result<std::vector<std::string>> Import(const std::string& file, const std::string& bytes) {
    const std::string path = subject_->containerd().path(file);
    fakes::WriteFile(path, bytes);
    return Do(subject_->importer().ImportFile(path));
  }

  /// The exit code of a container of that image.
  int32_t RunOnce(const std::string& image, const std::string& pod) {
    auto& runtime = subject_->runtime();
    cri::SandboxConfig config;
    config.name = config.uid = config.hostname = pod;
    config.ns = "default";
    const auto sandbox = Do(runtime.RunSandbox(config));
    if (!sandbox.ok()) throw std::runtime_error(sandbox.error().message);
    cri::ContainerConfig container;
    container.name = "main";
    container.image = image;
    container.command = {"/bin/sh", "-c", "exit 5"};
    const auto id = Do(runtime.CreateContainer(*sandbox, container, config));
    if (!id.ok()) throw std::runtime_error(id.error().message);
    if (const Status started = Do(runtime.StartContainer(*id)); !started.ok()) {
      throw std::runtime_error(started.error().message);
    }
    const SteadyTime end = subject_->clock().Steady() + kTestDeadline;
    for (;;) {
      const auto status = Do(runtime.ContainerStatus(*id));
      if (status.ok() && status->state == cri::ContainerState::kExited) return status->exit_code;
      if (subject_->clock().Steady() > end) throw std::runtime_error("the container does not end");
      Do(Sleep(subject_->clock(), std::chrono::milliseconds(2)));
    }
  }

  std::unique_ptr<ContainerdSubject> subject_;
};

TEST_F(CriImages, EveryKindOfTarballRuns) {
  const auto image = [](const std::string& name) { return fakes::BusyboxImage(name); };
  const struct {
    std::string file, bytes, name;
  } kCases[] = {
      {"oci.tar", fakes::Tar(fakes::OciFiles(image("luksa/oci"))), "docker.io/luksa/oci:latest"},
      {"oci.tar.gz", fakes::Gzip(fakes::Tar(fakes::OciFiles(image("x.io/oci:gz")))), "x.io/oci:gz"},
      {"docker.tar", fakes::Tar(fakes::DockerFiles(image("luksa/docker:1"))), "docker.io/luksa/docker:1"},
      {"docker.tgz", fakes::Gzip(fakes::Tar(fakes::DockerFiles(image("luksa/docker:2")))), "docker.io/luksa/docker:2"},
  };
  int pod = 0;
  for (const auto& [file, bytes, name] : kCases) {
    const auto names = Import(file, bytes);
    ASSERT_TRUE(names.ok()) << names.error().message;
    EXPECT_THAT(*names, ElementsAre(name));
    EXPECT_TRUE(Do(subject_->runtime().ImageStatus(name)).ok()) << "seen when the import returns";
    EXPECT_EQ(RunOnce(name, "pod-" + std::to_string(pod++)), 5) << file;
  }
  EXPECT_EQ(Leases(), 0);
}

TEST_F(CriImages, ImportedContentSurvivesTheGarbageCollector) {
  const std::string tarball = fakes::Tar(fakes::OciFiles(fakes::BusyboxImage("luksa/kept")));
  ASSERT_TRUE(Import("kept.tar", tarball).ok());
  CollectGarbage();
  EXPECT_EQ(RunOnce("docker.io/luksa/kept:latest", "pod"), 5) << "not unpacked before: it needs every blob";
}

TEST_F(CriImages, ImportingAgainChangesNothingAndAnotherImageTakesTheName) {
  const std::string first = fakes::Tar(fakes::OciFiles(fakes::BusyboxImage("luksa/same")));
  ASSERT_TRUE(Import("one.tar", first).ok());
  const std::string id = Do(subject_->runtime().ImageStatus("luksa/same"))->id;
  ASSERT_TRUE(Import("two.tar", first).ok());
  EXPECT_EQ(Do(subject_->runtime().ImageStatus("luksa/same"))->id, id);

  fakes::TestImage changed = fakes::BusyboxImage("luksa/same");
  changed.files["new"] = "content";
  ASSERT_TRUE(Import("three.tar", fakes::Tar(fakes::DockerFiles(changed))).ok());
  const SteadyTime end = subject_->clock().Steady() + kTestDeadline;
  while (Do(subject_->runtime().ImageStatus("luksa/same"))->id == id) {
    ASSERT_LT(subject_->clock().Steady(), end) << "the name points at the new image";
    Do(Sleep(subject_->clock(), std::chrono::milliseconds(2)));
  }
}

TEST_F(CriImages, BadTarballNamesFileAndFaultAndLeavesNothing) {
  fakes::TestImage image = fakes::BusyboxImage("luksa/bad");
  image.files["unique"] = "to this test";
  fakes::TarballFiles files = fakes::OciFiles(image);
  const std::string layer = cri::DigestOf(files[2].second);
  files[2].second[1000] ^= 1;
  const auto damaged = Import("bad.tar", fakes::Tar(files));
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(damaged.error().message, HasSubstr("bad.tar"));
  EXPECT_THAT(damaged.error().message, HasSubstr(layer));
  EXPECT_THAT(damaged.error().message, HasSubstr("is damaged"));
  EXPECT_FALSE(Do(subject_->runtime().ImageStatus("luksa/bad")).ok());
  EXPECT_EQ(Leases(), 0);
  CollectGarbage();
  EXPECT_FALSE(HasBlob(layer));

  const auto text = Import("text.tar", "hello");
  EXPECT_THAT(text.error().message, HasSubstr("text.tar"));
  EXPECT_THAT(Do(subject_->importer().ImportFile("/nowhere.tar")).error().message, HasSubstr("/nowhere.tar"));
}

TEST_F(CriImages, SandboxImageIsImportedOnceAndUnderTheNameAskedFor) {
  EXPECT_TRUE(Do(subject_->importer().ImportPause(PrivateContainerd::kSandboxImage)).ok());
  EXPECT_TRUE(Do(subject_->importer().ImportPause("registry.k8s.io/pause:3.6")).ok());
  const auto image = Do(subject_->runtime().ImageStatus("registry.k8s.io/pause:3.6"));
  ASSERT_TRUE(image.ok());
  EXPECT_EQ(image->id, Do(subject_->runtime().ImageStatus(PrivateContainerd::kSandboxImage))->id);
  EXPECT_LT(image->size, 8192U);
  EXPECT_EQ(Do(subject_->importer().ImportPause("UPPER")).error().reason, "InvalidImageName");
}

Task<void> RunDirectory(cri::ImageDirectory& directory, bool& ended) {
  EXPECT_TRUE((co_await directory.Run()).ok());
  ended = true;
}

TEST_F(CriImages, TarballDroppedIntoTheDirectoryIsUsable) {
  BlockingPool pool(1);
  const std::string path = subject_->containerd().path("images");
  cri::ImageDirectory directory(subject_->io().get_executor(), path, subject_->importer(), pool, subject_->clock());
  bool ended = false;
  Spawn(subject_->io().get_executor(), "image directory", RunDirectory(directory, ended));
  Do(directory.FirstScanDone());
  fakes::WriteFile(path + "/.dropped.part", fakes::Tar(fakes::DockerFiles(fakes::BusyboxImage("luksa/dropped:1"))));
  std::filesystem::rename(path + "/.dropped.part", path + "/dropped.tar");
  EXPECT_TRUE(RunUntil(subject_->io(), [&] { return directory.IsImported("docker.io/luksa/dropped:1"); }));
  EXPECT_TRUE(Do(subject_->runtime().ImageStatus("luksa/dropped:1")).ok());
  directory.Stop();
  EXPECT_TRUE(RunUntil(subject_->io(), [&] { return ended; }));
}

TEST_F(CriImages, ImportFailsAsUnavailableWhileContainerdIsAway) {
  subject_->containerd().Stop();
  const auto names = Import("later.tar", fakes::Tar(fakes::OciFiles(fakes::BusyboxImage("luksa/later"))));
  ASSERT_FALSE(names.ok());
  EXPECT_EQ(names.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(names.error().message, HasSubstr("later.tar"));
}

}  // namespace
}  // namespace ordinal

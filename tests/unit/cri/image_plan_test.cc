#include "cri/images/image_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "cri/images/digest.h"
#include "cri/images/tar_writer.h"
#include "tests/fakes/image_tarball.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::cri {
namespace {

using fakes::TarballFiles;
using fakes::TestImage;
using Json = nlohmann::json;
using ::testing::HasSubstr;

TestImage Hello(const std::string& name = "luksa/hello:1") {
  TestImage image;
  image.name = name;
  image.files["hello"] = "hello";
  image.command = {"/hello"};
  return image;
}

Result<ImagePlan> Plan(const std::string& tarball, const std::string& architecture = HostArchitecture()) {
  fakes::ScratchDirectory scratch;
  const std::string path = scratch / "hello.tar";
  fakes::WriteFile(path, tarball);
  TRY(const Archive archive, IndexArchive(path));
  return PlanImages(archive, "hello", architecture);
}

Result<ImagePlan> Plan(const TarballFiles& files) { return Plan(fakes::Tar(files)); }

std::string& Find(TarballFiles& files, const std::string& name) {
  for (auto& [file, content] : files) {
    if (file == name) return content;
  }
  throw std::runtime_error("no file " + name);
}

TEST(PlanImages, KeepsEveryBlobOfAnImageAliveThroughItsManifest) {
  for (const auto& files : {fakes::OciFiles(Hello()), fakes::DockerFiles(Hello())}) {
    const auto plan = Plan(files);
    ASSERT_TRUE(plan.ok()) << plan.error().message;
    ASSERT_EQ(plan->images.size(), 1U);
    const NamedImage& image = plan->images[0];
    EXPECT_EQ(image.name, "docker.io/luksa/hello:1");
    EXPECT_EQ(image.media_type, kOciManifest);
    EXPECT_EQ(plan->blobs.size(), 3U) << "manifest, configuration, layer";
    const Blob& manifest = plan->blobs.at(image.digest);
    EXPECT_EQ(manifest.size, image.size);
    ASSERT_EQ(manifest.labels.size(), 2U);
    for (const auto& [label, digest] : manifest.labels) EXPECT_TRUE(plan->blobs.contains(digest)) << label;
    EXPECT_TRUE(manifest.labels.contains("containerd.io/gc.ref.content.config"));
    EXPECT_TRUE(manifest.labels.contains("containerd.io/gc.ref.content.l.0"));
  }
}

TEST(PlanImages, MakesTheSameManifestOfADockerArchiveEveryTime) {
  EXPECT_EQ(Plan(fakes::DockerFiles(Hello()))->images[0].digest, Plan(fakes::DockerFiles(Hello()))->images[0].digest);
}

TEST(PlanImages, ReadsGzipAndAnyOrderOfFiles) {
  TarballFiles files = fakes::OciFiles(Hello());
  std::reverse(files.begin(), files.end());
  EXPECT_TRUE(Plan(fakes::Gzip(fakes::Tar(files))).ok());
}

TEST(PlanImages, FollowsLinksBetweenLayers) {
  TarballFiles files = fakes::DockerFiles(Hello());
  cri::TarWriter tar;
  tar.AddSymlink("0123/layer.tar", "../4567/layer.tar");
  tar.AddFile("4567/layer.tar", Find(files, "0123/layer.tar"));
  for (size_t i = 1; i < files.size(); ++i) tar.AddFile(files[i].first, files[i].second);
  const auto plan = Plan(tar.Finish());
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  const std::string layer = plan->blobs.at(plan->images[0].digest).labels.at("containerd.io/gc.ref.content.l.0");
  EXPECT_EQ(plan->blobs.at(layer).file, "4567/layer.tar");
}

TEST(PlanImages, NamesImagesByTheirAnnotations) {
  const struct {
    Json annotations;
    std::string name;
  } kCases[] = {
      {{{"org.opencontainers.image.ref.name", "luksa/kubia"}}, "docker.io/luksa/kubia:latest"},
      {{{"org.opencontainers.image.ref.name", "v1"}}, "docker.io/library/hello:v1"},
      {{{"org.opencontainers.image.ref.name", "v1"}, {"io.containerd.image.name", "x.io/y:2"}}, "x.io/y:2"},
  };
  for (const auto& [annotations, name] : kCases) {
    TarballFiles files = fakes::OciFiles(Hello());
    Json index = Json::parse(Find(files, "index.json"));
    index["manifests"][0]["annotations"] = annotations;
    Find(files, "index.json") = index.dump();
    const auto plan = Plan(files);
    ASSERT_TRUE(plan.ok()) << plan.error().message;
    EXPECT_EQ(plan->images.at(0).name, name);
  }
}

TEST(PlanImages, TakesTheNamesOfDockersManifestWhenTheIndexHasNone) {
  TarballFiles files = fakes::OciFiles(Hello());
  Json index = Json::parse(Find(files, "index.json"));
  index["manifests"][0].erase("annotations");
  Find(files, "index.json") = index.dump();
  for (const auto& file : fakes::DockerFiles(Hello("other:2"))) files.push_back(file);
  const auto plan = Plan(files);
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_EQ(plan->images.at(0).name, "docker.io/library/other:2");
}

/// An index that holds the image for this host and one that is not in the tarball.
TarballFiles MultiPlatform(const std::string& present) {
  TestImage image = Hello();
  image.architecture = present;
  TarballFiles files = fakes::OciFiles(image);
  Json index = Json::parse(Find(files, "index.json"));
  Json child = index["manifests"][0];
  child.erase("annotations");
  child["platform"] = {{"architecture", present}, {"os", "linux"}};
  Json absent = child;
  absent["digest"] = "sha256:" + std::string(64, '0');
  absent["platform"]["architecture"] = "s390x";
  const std::string nested =
      Json{{"schemaVersion", 2}, {"mediaType", kOciIndex}, {"manifests", {absent, child}}}.dump();
  index["manifests"][0]["mediaType"] = kOciIndex;
  index["manifests"][0]["digest"] = DigestOf(nested);
  index["manifests"][0]["size"] = nested.size();
  Find(files, "index.json") = index.dump();
  files.emplace_back("blobs/sha256/" + DigestOf(nested).substr(7), nested);
  return files;
}

TEST(PlanImages, KeepsOfAMultiPlatformImageWhatIsThere) {
  const auto plan = Plan(MultiPlatform(HostArchitecture()));
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_EQ(plan->images.at(0).media_type, kOciIndex);
  EXPECT_EQ(plan->blobs.size(), 4U);
  EXPECT_EQ(plan->blobs.at(plan->images[0].digest).labels.size(), 1U) << "only the manifest that is there";
}

TEST(PlanImages, RefusesAnImageForAnotherProcessor) {
  TestImage image = Hello();
  image.architecture = "s390x";
  for (const auto& files : {MultiPlatform("s390x"), fakes::OciFiles(image), fakes::DockerFiles(image)}) {
    const auto plan = Plan(files);
    ASSERT_FALSE(plan.ok());
    EXPECT_EQ(plan.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(plan.error().message, HasSubstr("s390x"));
  }
}

TEST(PlanImages, SaysWhatIsWrongWithADamagedTarball) {
  const auto oci = [](const std::function<void(TarballFiles&)>& damage) {
    TarballFiles files = fakes::OciFiles(Hello());
    damage(files);
    return files;
  };
  const auto docker = [](const std::function<void(TarballFiles&)>& damage) {
    TarballFiles files = fakes::DockerFiles(Hello());
    damage(files);
    return files;
  };
  const struct {
    const char* what;
    TarballFiles files;
    std::string says;
  } kCases[] = {
      {"no image", {{"README", "hello"}}, "no image tarball"},
      {"index is no JSON", oci([](auto& f) { Find(f, "index.json") = "{"; }), "index.json"},
      {"index is a list", oci([](auto& f) { Find(f, "index.json") = "[]"; }), "index.json"},
      {"layer is damaged", oci([](auto& f) { f[2].second[600] ^= 1; }), "is damaged"},
      {"layer is missing", oci([](auto& f) { f.erase(f.begin() + 2); }), "not in the tarball"},
      {"config is missing", oci([](auto& f) { f.erase(f.begin() + 3); }), "not in the tarball"},
      {"manifest is missing", oci([](auto& f) { f.erase(f.begin() + 4); }), "not in the tarball"},
      {"docker: layer is missing", docker([](auto& f) { f.erase(f.begin()); }), "0123/layer.tar"},
      {"docker: layer is damaged", docker([](auto& f) { f[0].second[600] ^= 1; }), "layer 0 is damaged"},
      {"docker: manifest is no list", docker([](auto& f) { Find(f, "manifest.json") = "{}"; }), "not a list"},
      {"docker: no name", docker([](auto& f) {
         Json manifest = Json::parse(Find(f, "manifest.json"));
         manifest[0]["RepoTags"] = nullptr;
         Find(f, "manifest.json") = manifest.dump();
       }),
       "has a name"},
      {"docker: bad name", docker([](auto& f) {
         Json manifest = Json::parse(Find(f, "manifest.json"));
         manifest[0]["RepoTags"] = {"UPPER"};
         Find(f, "manifest.json") = manifest.dump();
       }),
       "UPPER"},
      {"docker: wrong types", docker([](auto& f) { Find(f, "manifest.json") = R"([{"Config":1,"Layers":{}}])"; }),
       "manifest.json"},
  };
  for (const auto& [what, files, says] : kCases) {
    const auto plan = Plan(files);
    ASSERT_FALSE(plan.ok()) << what;
    EXPECT_EQ(plan.error().code, ErrorCode::kInvalid) << what;
    EXPECT_THAT(plan.error().message, HasSubstr(says)) << what;
  }
}

}  // namespace
}  // namespace ordinal::cri

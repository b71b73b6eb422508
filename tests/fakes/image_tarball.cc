#include "tests/fakes/image_tarball.h"

#include <zlib.h>

#include <nlohmann/json.hpp>

#include "cri/images/digest.h"
#include "cri/images/tar_writer.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::fakes {
namespace {

using Json = nlohmann::json;

constexpr char kBusybox[] = "/bin/busybox";

std::string Layer(const TestImage& image) {
  cri::TarWriter tar;
  tar.AddDirectory("bin");
  for (const auto& [path, content] : image.files) {
    // A link is written "-> target".
    if (content.starts_with("-> ")) {
      tar.AddSymlink(path, content.substr(3));
    } else {
      tar.AddFile(path, content, 0755);
    }
  }
  return tar.Finish();
}

std::string Config(const TestImage& image, const std::string& layer) {
  return Json{{"architecture", image.architecture},
              {"os", "linux"},
              {"config", {{"Cmd", image.command}, {"Env", Json::array({"PATH=/bin"})}}},
              {"rootfs", {{"type", "layers"}, {"diff_ids", Json::array({cri::DigestOf(layer)})}}}}
      .dump();
}

Json Describe(const char* type, const std::string& bytes) {
  return Json{{"mediaType", type}, {"digest", cri::DigestOf(bytes)}, {"size", bytes.size()}};
}

std::string BlobPath(const std::string& bytes) { return "blobs/sha256/" + cri::DigestOf(bytes).substr(7); }

}  // namespace

TarballFiles OciFiles(const TestImage& image) {
  const std::string layer = Layer(image);
  const std::string config = Config(image, layer);
  const std::string manifest = Json{{"schemaVersion", 2},
                                    {"mediaType", cri::kOciManifest},
                                    {"config", Describe(cri::kOciConfig, config)},
                                    {"layers", Json::array({Describe(cri::kOciLayer, layer)})}}
                                   .dump();
  Json entry = Describe(cri::kOciManifest, manifest);
  entry["annotations"] = {{"org.opencontainers.image.ref.name", image.name}};
  const Json index{{"schemaVersion", 2}, {"manifests", Json::array({entry})}};
  return {{"oci-layout", R"({"imageLayoutVersion":"1.0.0"})"},
          {"index.json", index.dump()},
          {BlobPath(layer), layer},
          {BlobPath(config), config},
          {BlobPath(manifest), manifest}};
}

TarballFiles DockerFiles(const TestImage& image) {
  const std::string layer = Layer(image);
  const std::string config = Config(image, layer);
  const std::string config_name = cri::DigestOf(config).substr(7) + ".json";
  const Json manifest = Json::array({Json{
      {"Config", config_name}, {"RepoTags", Json::array({image.name})}, {"Layers", Json::array({"0123/layer.tar"})}}});
  return {{"0123/layer.tar", layer}, {config_name, config}, {"manifest.json", manifest.dump()}};
}

std::string Tar(const TarballFiles& files) {
  cri::TarWriter tar;
  for (const auto& [name, content] : files) tar.AddFile(name, content);
  return tar.Finish();
}

std::string Gzip(const std::string& bytes) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);  // 15 + 16: with a gzip header
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TestImage BusyboxImage(const std::string& name) {
  TestImage image;
  image.name = name;
  image.files["bin/busybox"] = ReadFile(kBusybox);
  for (const char* program : {"sh", "sleep", "echo", "cat", "true", "false"}) {
    image.files[std::string("bin/") + program] = "-> busybox";
  }
  image.command = {"/bin/sh"};
  return image;
}

}  // namespace ordinal::fakes

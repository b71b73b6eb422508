#include "cri/pause/pause_image.h"

#include "cri/images/digest.h"
#include "cri/images/json.h"
#include "cri/images/tar_writer.h"

namespace ordinal::cri {
namespace {

constexpr unsigned char kProgram[] = {
#include <cri/pause/pause_bytes.inc>  // generated from pause.c (cmake/Pause.cmake)
};

std::string PauseLayer() {
  TarWriter tar;
  tar.AddFile("pause", PauseProgram(), 0755);
  return tar.Finish();
}

Json Describe(const char* media_type, const std::string& bytes) {
  return Json{{"mediaType", media_type}, {"digest", DigestOf(bytes)}, {"size", bytes.size()}};
}

std::string Put(std::string bytes, std::map<std::string, std::string> labels, ImagePlan& plan) {
  const std::string digest = DigestOf(bytes);
  Blob& blob = plan.blobs[digest];
  blob.size = bytes.size();
  blob.bytes = std::move(bytes);
  blob.labels = std::move(labels);
  return digest;
}

}  // namespace

std::string_view PauseProgram() { return {reinterpret_cast<const char*>(kProgram), sizeof(kProgram)}; }

ImagePlan MakePauseImage(const std::string& name) {
  const std::string layer = PauseLayer();
  // Like upstream's pause it needs no privilege, so it has none: 65535 is nobody's id.
  const std::string config =
      Json{
          {"architecture", HostArchitecture()},
          {"os", "linux"},
          {"config", {{"Entrypoint", Json::array({"/pause"})}, {"WorkingDir", "/"}, {"User", "65535:65535"}}},
          {"rootfs", {{"type", "layers"}, {"diff_ids", Json::array({DigestOf(layer)})}}},
      }
          .dump();
  const std::string manifest =
      Json{
          {"schemaVersion", 2},
          {"mediaType", kOciManifest},
          {"config", Describe(kOciConfig, config)},
          {"layers", Json::array({Describe(kOciLayer, layer)})},
      }
          .dump();
  ImagePlan plan;
  std::map<std::string, std::string> labels{{"containerd.io/gc.ref.content.config", Put(config, {}, plan)},
                                            {"containerd.io/gc.ref.content.l.0", Put(layer, {}, plan)}};
  const uint64_t size = manifest.size();
  plan.images.push_back({name, kOciManifest, Put(manifest, std::move(labels), plan), size});
  return plan;
}

}  // namespace ordinal::cri

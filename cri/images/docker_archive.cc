#include "cri/images/docker_archive.h"

#include <fmt/format.h>

#include <vector>

#include "cri/images/digest.h"
#include "cri/images/json.h"
#include "cri/images/reference.h"

namespace ordinal::cri {
namespace {

Error BadArchive(std::string what) { return MakeError(ErrorCode::kInvalid, std::move(what)); }

Result<const ArchiveFile*> Find(const Archive& archive, const Json& name) {
  if (!name.is_string()) return BadArchive("its manifest.json names a file with something that is not text");
  const auto found = archive.find(name.get<std::string>());
  if (found == archive.end())
    return BadArchive(fmt::format("manifest.json names {}, which is not in the tarball", name.dump()));
  return &found->second;
}

std::string LayerType(const ArchiveFile& layer) {
  if (layer.magic.starts_with("\x1F\x8B")) return std::string(kOciLayer) + "+gzip";
  if (layer.magic == "\x28\xB5\x2F\xFD") return std::string(kOciLayer) + "+zstd";
  return kOciLayer;
}

/// The configuration's list of what the layers are, uncompressed; one for each layer.
Status CheckLayers(const Json& config, const std::vector<const ArchiveFile*>& layers) {
  const Json& ids = Member(Member(config, "rootfs"), "diff_ids");
  if (!ids.is_array() || ids.size() != layers.size()) {
    return BadArchive(fmt::format("its configuration lists {} layers, manifest.json {}",
                                  ids.is_array() ? ids.size() : 0, layers.size()));
  }
  for (size_t i = 0; i < layers.size(); ++i) {
    if (LayerType(*layers[i]) == kOciLayer && ids[i] != layers[i]->digest) {
      return BadArchive(fmt::format("layer {} is damaged: its content is {}, the configuration says {}", i,
                                    layers[i]->digest, ids[i].dump()));
    }
  }
  return {};
}

void Take(const ArchiveFile& file, ImagePlan& plan) {
  Blob& blob = plan.blobs[file.digest];
  blob.size = file.size;
  blob.file = file.name;
}

Json Describe(const std::string& type, const ArchiveFile& file) {
  return Json{{"mediaType", type}, {"digest", file.digest}, {"size", file.size}};
}

/// Makes the manifest, puts it and what it names into the plan, and returns its name-less image.
Result<NamedImage> AddImage(const Archive& archive, const Json& entry, const std::string& architecture,
                            ImagePlan& plan) {
  TRY(const ArchiveFile* config_file, Find(archive, Member(entry, "Config")));
  const Json config = ParseJson(config_file->text);
  if (!config.is_object()) return BadArchive("the image's configuration is not JSON");
  const std::string built_for = Text(config, "architecture");
  if (!built_for.empty() && built_for != architecture) {
    return BadArchive(fmt::format("the image is for {}, this host is {}", built_for, architecture));
  }
  std::vector<const ArchiveFile*> layers;
  for (const Json& name : Member(entry, "Layers")) {
    TRY(const ArchiveFile* layer, Find(archive, name));
    layers.push_back(layer);
  }
  TRYV(CheckLayers(config, layers));

  Json manifest{{"schemaVersion", 2}, {"mediaType", kOciManifest}, {"config", Describe(kOciConfig, *config_file)}};
  manifest["layers"] = Json::array();
  Blob blob;
  blob.labels["containerd.io/gc.ref.content.config"] = config_file->digest;
  Take(*config_file, plan);
  for (size_t i = 0; i < layers.size(); ++i) {
    manifest["layers"].push_back(Describe(LayerType(*layers[i]), *layers[i]));
    blob.labels[fmt::format("containerd.io/gc.ref.content.l.{}", i)] = layers[i]->digest;
    Take(*layers[i], plan);
  }
  blob.bytes = manifest.dump();
  blob.size = blob.bytes.size();
  NamedImage image{"", kOciManifest, DigestOf(blob.bytes), blob.size};
  plan.blobs[image.digest] = std::move(blob);
  return image;
}

}  // namespace

Result<ImagePlan> PlanDockerArchive(const Archive& archive, const std::string& architecture) {
  const Json manifest = ParseJson(archive.at("manifest.json").text);
  if (!manifest.is_array()) return BadArchive("its manifest.json is not a list of images");
  ImagePlan plan;
  for (const Json& entry : manifest) {
    if (!entry.is_object()) return BadArchive("its manifest.json is not a list of images");
    TRY(NamedImage image, AddImage(archive, entry, architecture, plan));
    for (const Json& tag : Member(entry, "RepoTags")) {
      if (!tag.is_string()) return BadArchive("its manifest.json has a RepoTag that is not text");
      TRY(image.name, NormalizeReference(tag.get<std::string>()));
      plan.images.push_back(image);
    }
  }
  if (plan.images.empty()) {
    return BadArchive("no image in its manifest.json has a name: save it with one (docker save NAME:TAG)");
  }
  return plan;
}

}  // namespace ordinal::cri

#include "cri/images/oci_layout.h"

#include <fmt/format.h>

#include "cri/images/json.h"
#include "cri/images/reference.h"

namespace ordinal::cri {
namespace {

constexpr int kMaxDepth = 4;  // index → index → manifest is the deepest seen
constexpr char kDockerManifest[] = "application/vnd.docker.distribution.manifest.v2+json";
constexpr char kDockerIndex[] = "application/vnd.docker.distribution.manifest.list.v2+json";

Error Bad(std::string what) { return MakeError(ErrorCode::kInvalid, std::move(what)); }

struct Descriptor {
  std::string media_type, digest;
  uint64_t size = 0;
  std::string architecture;  ///< empty when it does not say
};

Result<Descriptor> ReadDescriptor(const Json& json, const std::string& where) {
  Descriptor descriptor{Text(json, "mediaType"), Text(json, "digest"), 0,
                        Text(Member(json, "platform"), "architecture")};
  const Json& size = Member(json, "size");
  if (!size.is_number_unsigned() || !descriptor.digest.starts_with("sha256:")) {
    return Bad(where + " has an entry without a sha256 digest or a size");
  }
  descriptor.size = size.get<uint64_t>();
  return descriptor;
}

class Layout {
 public:
  Layout(const Archive& archive, std::string architecture)
      : archive_(archive), architecture_(std::move(architecture)) {}

  /// Takes in the image that `root` is the head of.
  Status Add(const Descriptor& root) {
    runnable_ = false;
    others_.clear();
    TRYV(Walk(root, 0));
    if (runnable_) return {};
    return Bad(others_.empty()
                   ? fmt::format("image {} has no manifest in the tarball", root.digest)
                   : fmt::format("image {} has nothing for {}, only for {}", root.digest, architecture_, others_));
  }

  ImagePlan& plan() { return plan_; }

 private:
  const ArchiveFile* Find(const Descriptor& blob) const {
    const auto found = archive_.find("blobs/sha256/" + blob.digest.substr(7));
    return found == archive_.end() ? nullptr : &found->second;
  }

  /// The blob, there and undamaged.
  Result<const ArchiveFile*> Check(const Descriptor& blob, const std::string& wanted_by) const {
    const ArchiveFile* file = Find(blob);
    if (file == nullptr)
      return Bad(fmt::format("blob {}, wanted by {}, is not in the tarball", blob.digest, wanted_by));
    if (file->digest != blob.digest) {
      return Bad(fmt::format("blob {} is damaged: its content is {}", blob.digest, file->digest));
    }
    if (file->size != blob.size) {
      return Bad(fmt::format("blob {} has {} bytes, {} says {}", blob.digest, file->size, wanted_by, blob.size));
    }
    return file;
  }

  void Take(const ArchiveFile& file) {
    Blob& blob = plan_.blobs[file.digest];
    blob.size = file.size;
    blob.file = file.name;
  }

  Status Walk(const Descriptor& head, int depth) {
    if (depth > kMaxDepth) return Bad("its indexes are nested too deeply");
    TRY(const ArchiveFile* file, Check(head, depth == 0 ? "index.json" : "an index"));
    const Json json = ParseJson(file->text);
    if (!json.is_object()) return Bad(fmt::format("blob {} is not JSON", head.digest));
    Take(*file);
    const std::string type = head.media_type.empty() ? Text(json, "mediaType") : head.media_type;
    if (type == kOciIndex || type == kDockerIndex) return WalkIndex(head, json, depth);
    if (type == kOciManifest || type == kDockerManifest) return WalkManifest(head, json);
    return Bad(fmt::format("blob {} has the media type \"{}\", which is no image", head.digest, type));
  }

  Status WalkIndex(const Descriptor& head, const Json& json, int depth) {
    int number = 0;
    for (const Json& item : Member(json, "manifests")) {
      TRY(const Descriptor child, ReadDescriptor(item, "index " + head.digest));
      // Other platforms are usually left out of a tarball; what is there is kept.
      if (Find(child) == nullptr) continue;
      plan_.blobs[head.digest].labels[fmt::format("containerd.io/gc.ref.content.m.{}", number++)] = child.digest;
      TRYV(Walk(child, depth + 1));
    }
    return {};
  }

  Status WalkManifest(const Descriptor& head, const Json& json) {
    const std::string where = "manifest " + head.digest;
    TRY(const Descriptor config, ReadDescriptor(Member(json, "config"), where));
    TRY(const ArchiveFile* config_file, Check(config, where));
    auto& labels = plan_.blobs[head.digest].labels;  // references into a map stay
    labels["containerd.io/gc.ref.content.config"] = config.digest;
    Take(*config_file);
    int number = 0;
    for (const Json& item : Member(json, "layers")) {
      TRY(const Descriptor layer, ReadDescriptor(item, where));
      TRY(const ArchiveFile* layer_file, Check(layer, where));
      labels[fmt::format("containerd.io/gc.ref.content.l.{}", number++)] = layer.digest;
      Take(*layer_file);
    }
    const std::string built_for =
        !head.architecture.empty() ? head.architecture : Text(ParseJson(config_file->text), "architecture");
    if (built_for.empty() || built_for == architecture_) {
      runnable_ = true;
    } else {
      others_ += (others_.empty() ? "" : ", ") + built_for;
    }
    return {};
  }

  const Archive& archive_;
  std::string architecture_;
  ImagePlan plan_;
  bool runnable_ = false;
  std::string others_;  ///< architectures that were found instead
};

/// containerd's annotation is a full name; OCI's may be one, or only a tag.
std::string NameOf(const Json& entry, const std::string& stem) {
  const Json& annotations = Member(entry, "annotations");
  const std::string full = Text(annotations, "io.containerd.image.name");
  if (!full.empty()) return full;
  const std::string ref = Text(annotations, "org.opencontainers.image.ref.name");
  if (ref.empty() || ref.find_first_of("/:") != std::string::npos) return ref;
  return stem + ":" + ref;
}

}  // namespace

Result<ImagePlan> PlanOciLayout(const Archive& archive, const std::string& stem, const std::string& architecture) {
  const Json index = ParseJson(archive.at("index.json").text);
  if (!Member(index, "manifests").is_array()) return Bad("its index.json is not an OCI index: it has no \"manifests\"");
  Layout layout(archive, architecture);
  for (const Json& entry : Member(index, "manifests")) {
    const std::string name = NameOf(entry, stem);
    if (name.empty()) continue;
    TRY(const std::string normalized, NormalizeReference(name));
    TRY(const Descriptor head, ReadDescriptor(entry, "index.json"));
    TRYV(layout.Add(head));
    layout.plan().images.push_back({normalized, head.media_type, head.digest, head.size});
  }
  return std::move(layout.plan());
}

}  // namespace ordinal::cri

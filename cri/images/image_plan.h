// From the files of a tarball to what containerd has to be given: blobs, and names pointing at them. Pure.
//
//   name ──> manifest ──> config
//     │         └───────> layers
//     └──> index ──> manifests …
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cri/images/archive.h"

namespace ordinal::cri {

struct Blob {
  uint64_t size = 0;
  std::string file;                           ///< The tarball's entry with its content.
  std::string bytes;                          ///< Its content, when it was made here and is in no file.
  std::map<std::string, std::string> labels;  ///< containerd.io/gc.ref.content.*: what it keeps alive.
};

struct NamedImage {
  std::string name;  ///< normalised
  std::string media_type, digest;
  uint64_t size = 0;
};

struct ImagePlan {
  std::map<std::string, Blob> blobs;  ///< by digest
  std::vector<NamedImage> images;
};

/// Reads an OCI image layout (index.json) or, without names there, a docker-archive (manifest.json). Every blob is
/// checked to be there with its digest and size. `stem` is the tarball's file name without extension: it names images
/// whose annotation holds only a tag. `architecture` is the one that must be runnable, "amd64". kInvalid says what is
/// missing or wrong.
Result<ImagePlan> PlanImages(const Archive& archive, const std::string& stem, const std::string& architecture);

/// The host's architecture in OCI's words: "amd64", "arm64".
const char* HostArchitecture();

inline constexpr char kOciManifest[] = "application/vnd.oci.image.manifest.v1+json";
inline constexpr char kOciIndex[] = "application/vnd.oci.image.index.v1+json";
inline constexpr char kOciConfig[] = "application/vnd.oci.image.config.v1+json";
inline constexpr char kOciLayer[] = "application/vnd.oci.image.layer.v1.tar";

}  // namespace ordinal::cri

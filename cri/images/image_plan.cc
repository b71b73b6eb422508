#include "cri/images/image_plan.h"

#include <fmt/format.h>

#include "cri/images/docker_archive.h"
#include "cri/images/oci_layout.h"

namespace ordinal::cri {

const char* HostArchitecture() {
#if defined(__x86_64__)
  return "amd64";
#elif defined(__aarch64__)
  return "arm64";
#else
#error "name this architecture as OCI does"
#endif
}

Result<ImagePlan> PlanImages(const Archive& archive, const std::string& stem, const std::string& architecture) {
  const bool oci = archive.contains("index.json");
  const bool docker = archive.contains("manifest.json");
  if (!oci && !docker) {
    return MakeError(
        ErrorCode::kInvalid,
        "it has neither index.json (OCI image layout) nor manifest.json (docker-archive): this is no image "
        "tarball");
  }
  if (oci) {
    TRY(ImagePlan plan, PlanOciLayout(archive, stem, architecture));
    // "docker save" writes both; the names may be in either.
    if (!plan.images.empty() || !docker) {
      if (plan.images.empty()) {
        return MakeError(ErrorCode::kInvalid,
                         "no image in its index.json has a name: set the annotation org.opencontainers.image.ref.name");
      }
      return plan;
    }
  }
  return PlanDockerArchive(archive, architecture);
}

}  // namespace ordinal::cri

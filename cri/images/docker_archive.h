// docker-archive, what "docker save" writes (moby image/spec/v1.2.md) → ImagePlan. containerd knows only manifests by
// digest, so one is made here; its bytes depend on nothing but the archive.
#pragma once

#include "cri/images/image_plan.h"

namespace ordinal::cri {

Result<ImagePlan> PlanDockerArchive(const Archive& archive, const std::string& architecture);

}  // namespace ordinal::cri

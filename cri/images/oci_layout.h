// OCI image layout (image-spec 1.0: image-layout.md, image-index.md, manifest.md) → ImagePlan.
#pragma once

#include "cri/images/image_plan.h"

namespace ordinal::cri {

/// Images without a name are left out; the others as described at PlanImages().
Result<ImagePlan> PlanOciLayout(const Archive& archive, const std::string& stem, const std::string& architecture);

}  // namespace ordinal::cri

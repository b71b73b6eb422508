#pragma once

#include "agent/podsync/steps/context.h"

namespace ordinal::podsync {

/// The image the container is made from; absent when it has to be waited for, which is said and remembered. One start
/// asks once for each image, however many mounts show it: what was found stands in context.images.
Task<Result<std::optional<cri::Image>>> FindImage(StepContext& context, const api::Container& container);

/// All images of the start are there: with policy Always the next start pulls them again.
void UseImages(StepContext& context);

}  // namespace ordinal::podsync

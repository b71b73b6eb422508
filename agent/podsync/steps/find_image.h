#pragma once

#include "agent/podsync/steps/context.h"

namespace ordinal::podsync {

/// The image the container is made from; absent when it has to be waited for, which is said and remembered.
Task<Result<std::optional<cri::Image>>> FindImage(StepContext& context, const api::Container& container);

}  // namespace ordinal::podsync

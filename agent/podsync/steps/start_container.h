#pragma once

#include "agent/podsync/steps/context.h"

namespace ordinal::podsync {

/// Image, files, container, process. No error when the image has to be waited for. Who gave the plan up meanwhile is
/// asked with `wanted` before the process is started.
Task<Status> Perform(StepContext& context, const StartContainer& step, const std::function<bool()>& wanted);

}  // namespace ordinal::podsync

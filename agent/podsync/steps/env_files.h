// The files of variables that a container refers to, read before it is made.
#pragma once

#include "agent/podsync/env_file.h"
#include "agent/podsync/steps/context.h"

namespace ordinal::podsync {

/// What EnvFacts::env_files is for `container`. Reads on the blocking pool; symlinks lead nowhere out of the volume.
Task<std::map<std::pair<std::string, std::string>, Result<api::StringMap>>> ReadEnvFiles(
    StepContext& context, const api::Container& container);

}  // namespace ordinal::podsync

// What the command socket shows of the agent. Part of the composition root.
#pragma once

#include <functional>

#include "agent/debug/server.h"
#include "agent/manifests/manifest_watcher.h"
#include "agent/store/object_store.h"

namespace ordinal {

/// Everything given outlives the result.
debug::Sources DebugSources(std::function<api::Json()> readiness, store::ObjectReader& store,
                            const manifests::ManifestWatcher& manifests);

}  // namespace ordinal

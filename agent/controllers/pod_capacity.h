// News of how many pods the node takes (pod_room.h), for the controllers whose sets wait for room.
#pragma once

#include <functional>
#include <string>

#include "agent/api/kinds/node/view.h"
#include "agent/objects/cache.h"

namespace ordinal::controllers {

/// Calls `changed` whenever the node `name` comes to take another number of pods. Before the cache runs.
void OnPodCapacity(objects::Cache<api::Node>& nodes, std::string name, std::function<void()> changed);

}  // namespace ordinal::controllers

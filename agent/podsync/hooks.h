// What lifecycle hooks are run with.
#pragma once

#include <string>

#include "agent/podsync/pod_seen.h"

namespace ordinal::podsync {

/// Where a hook or a probe finds that container of the pod: by what the runtime shows of it now.
probes::Where WhereOf(const NodeFacts& node, const observe::PodStates& states, const api::Pod& pod,
                      const std::string& name, std::string container_id);

}  // namespace ordinal::podsync

// Which of a pod's containers are asked by their probes, and what counts of them. Pure but for asking the prober.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/observe/pod_state.h"
#include "agent/podsync/memory.h"
#include "agent/probes/prober.h"

namespace ordinal::podsync {

/// By container id, of those that have probes.
using Standings = std::map<std::string, probes::Standing>;

/// The newest container of each name that has probes and has run; one whose postStart hook has not ended is not asked
/// yet. `ips`: the pod's addresses.
std::vector<probes::Target> TargetsOf(const api::Pod& pod, const observe::PodState& state,
                                      const std::vector<std::string>& ips, const Memory& memory);

Standings StandingsOf(const probes::Prober& prober, const api::Pod& pod, const observe::PodState& state);

/// Of a container; one without probes is started and ready.
probes::Standing StandingOf(const Standings& standings, const std::string& container_id);

}  // namespace ordinal::podsync

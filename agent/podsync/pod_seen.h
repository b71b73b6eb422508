// PodSeen: everything a worker plans from beside the pod's own object, as one value taken at one moment.
#pragma once

#include "agent/podsync/probe_targets.h"
#include "agent/podsync/services.h"

namespace ordinal::podsync {

struct PodSeen {
  WallTime now{};
  SteadyTime steady{};           ///< the same moment, for what is to last
  observe::PodState runtime;     ///< what the runtime holds of it
  std::vector<std::string> ips;  ///< AddressesOf()
  /// What its claims and other volumes resolve to now, or why they do not (volume_specs.h).
  Result<volumes::PodVolumesSpec> volumes = volumes::PodVolumesSpec();
  volumes::PodVolumesSpec files;  ///< its volumes of configuration alone
  bool references_known = true;   ///< what there is of the config maps, secrets and tokens it refers to is known
  Standings probes;               ///< what counts of its containers' probes
  Allocation allocated;           ///< what its containers are to have
  std::map<std::string, Portion> actuated;  ///< what those that run have, by id, where it is something else
  bool unfinished = false;                  ///< its own cgroup may not have what it is to have
};

/// What the pod's environments may refer to, with these addresses of it.
EnvFacts FactsOf(const Services& services, const api::Pod& pod, const std::vector<std::string>& ips);

/// The pod's addresses: of its usable sandbox, or the host's; none before there is a sandbox.
std::vector<std::string> AddressesOf(const NodeFacts& node, const api::Pod& pod, const observe::PodState& state);

/// Of the pod's containers that run and can be resized, main ones and sidecars: what they have, by id, where that is
/// not what they are to have. Others keep what they were made with.
std::map<std::string, Portion> ActuatedOtherwise(const Allocations& allocations, const api::PodSpec& spec,
                                                 const observe::PodState& state);

/// Looks at caches only; nothing blocks.
PodSeen See(const Services& services, const api::Pod& pod);

}  // namespace ordinal::podsync

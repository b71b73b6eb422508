// PodSeen: everything a worker plans from beside the pod's own object, as one value taken at one moment.
#pragma once

#include "agent/podsync/services.h"

namespace ordinal::podsync {

struct PodSeen {
  WallTime now{};
  observe::PodState runtime;  ///< what the runtime holds of it
  /// The pod's addresses: of its usable sandbox, or the host's; none before there is a sandbox.
  std::vector<std::string> ips;
  /// What its claims and other volumes resolve to now, or why they do not (volume_specs.h).
  Result<volumes::PodVolumesSpec> volumes = volumes::PodVolumesSpec();
  volumes::PodVolumesSpec files;  ///< its volumes of configuration alone
  bool references_known = true;   ///< what is there of the config maps and secrets it refers to is known
};

/// What an environment may refer to, with these addresses of the pod.
EnvFacts FactsOf(const Services& services, const std::vector<std::string>& ips);

/// Looks at caches only; nothing blocks.
PodSeen See(const Services& services, const api::Pod& pod);

}  // namespace ordinal::podsync

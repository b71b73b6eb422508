// From a pod's volumes to what the volumes room mounts: claims are resolved to the directories behind them. Pure.
#pragma once

#include <functional>

#include "agent/api/pod.h"
#include "agent/api/volume.h"
#include "agent/podsync/env.h"
#include "volumes/layout.h"
#include "volumes/spec.h"

namespace ordinal::podsync {

/// Reads of the store's caches; null when the object is not there.
struct VolumeLookups {
  std::function<const api::Object*(const std::string& ns, const std::string& claim)> claim;
  std::function<const api::Object*(const std::string& name)> volume;
};

/// kFailedPrecondition while a claim is missing, unbound or going away (reason FailedMount): try again later.
/// `env` expands subPathExpr, by container name.
Result<volumes::PodVolumesSpec> ResolveVolumes(const api::Pod& pod, const volumes::Layout& layout,
                                               const VolumeLookups& lookups, const EnvFacts& facts);

/// The directory behind a persistent volume. kNotSupported for a source that is none.
Result<volumes::LocalDirectory> DirectoryOf(const api::PersistentVolume& volume, const volumes::Layout& layout);

}  // namespace ordinal::podsync

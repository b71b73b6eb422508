// From a pod's volumes to what the volumes room mounts: claims are resolved to the directories behind them. Pure.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "agent/api/kinds/persistent_volume/view.h"
#include "agent/api/kinds/persistent_volume_claim/view.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/api/ref.h"
#include "agent/base/layout.h"
#include "agent/podsync/env.h"
#include "volumes/spec.h"

namespace ordinal::podsync {

/// Reads of the caches; none when the object is not there.
struct VolumeLookups {
  std::function<api::Ref<api::PersistentVolumeClaim>(const std::string& ns, const std::string& claim)> claim;
  std::function<api::Ref<api::PersistentVolume>(const std::string& name)> volume;
};

/// kFailedPrecondition while a claim is missing, unbound or going away (reason FailedMount): try again later. Without
/// the mounts of a container for which MountsOf() fails: that is told when that container is made, and keeps no other
/// from running.
Result<volumes::PodVolumesSpec> ResolveVolumes(const api::Pod& pod, const Layout& layout, const VolumeLookups& lookups,
                                               const EnvFacts& facts);

/// Of the pod's volumes those that are made of configuration.
volumes::PodVolumesSpec ConfigVolumesOf(const api::Pod& pod, const EnvFacts& facts);

/// Whether that volume of the pod is the root of an image: the runtime mounts it, and nothing is made for it here.
bool IsImageVolume(const api::PodSpec& spec, const std::string& volume);

/// Of the volumes that are made of configuration: what their files were made from.
using FileVersions = std::map<std::string, std::string>;
FileVersions VersionsOf(const volumes::PodVolumesSpec& spec);

/// The mounts of one container without those of images, in the order of its volumeMounts. Errors are those of
/// BuildEnv() and SubPathOf(), reason CreateContainerConfigError.
Result<std::vector<volumes::MountSpec>> MountsOf(const api::Pod& pod, const api::Container& container,
                                                 const EnvFacts& facts);

/// The directory behind a persistent volume. kNotSupported for a source that is none.
Result<volumes::LocalDirectory> DirectoryOf(const api::PersistentVolume& volume, const Layout& layout);

}  // namespace ordinal::podsync

// What the pods of this node use: who is looked at, and what was found. Blocks: for 30 pods some milliseconds.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/metrics/cgroup.h"
#include "agent/metrics/disk_looks.h"
#include "agent/metrics/network.h"

namespace ordinal::metrics {

struct VolumeSubject {
  std::string name;
  std::string path;        ///< on this host
  std::string claim;       ///< empty: it belongs to the pod alone, and is counted file by file
  bool ephemeral = false;  ///< what it takes counts as the pod's ephemeral storage
};

struct ContainerSubject {
  std::string name, id, image;
  std::string logs;  ///< directory
  WallTime started{};
};

struct PodSubject {
  std::string uid, ns, name;
  WallTime started{};
  std::string cgroup;  ///< "/kubepods/besteffort/pod<uid>"
  std::string sandbox;
  bool host_network = false;                 ///< what its interfaces move is the node's
  std::vector<ContainerSubject> containers;  ///< that run
  std::vector<VolumeSubject> volumes;
};

/// How much is looked at.
struct Depth {
  Cgroups::Part cgroups = Cgroups::Part::kEverything;
  bool network = true;  ///< interfaces of pods
  bool logs = false;    ///< sizes of containers' logs
  bool volumes = false;
};

struct VolumeUse {
  VolumeSubject subject;
  std::optional<FilesystemUse> use;  ///< of a volume of the pod's own: what it takes of the file system it lies on
};

struct ContainerUse {
  ContainerSubject subject;
  std::string cgroup;  ///< empty: it has none any more, and nothing was measured
  WallTime at{};
  SteadyTime steady{};  ///< the same moment, for rates
  CgroupUse use;
  std::optional<DirectoryUse> logs;
};

struct PodUse {
  PodSubject subject;
  WallTime at{};
  SteadyTime steady{};
  CgroupUse use;
  std::string sandbox_cgroup;
  std::vector<InterfaceUse> interfaces;
  std::vector<ContainerUse> containers;
  std::vector<VolumeUse> volumes;
};

/// Where the kernel tells.
struct KernelPlaces {
  std::string cgroups = "/sys/fs/cgroup", proc = "/proc";
};

/// Interfaces of one pod that are told of.
inline constexpr size_t kMostInterfaces = 64;

/// What the kernel tells at once: of disks nothing. `clock` is read on the calling thread.
std::vector<PodUse> MeasurePods(std::vector<PodSubject> subjects, const Depth& depth, const KernelPlaces& places,
                                const Clock& clock);

/// What of `pods` is to be looked at on disks, and what was found there. Pure.
std::vector<DiskWish> DiskWishesOf(const std::vector<PodUse>& pods, const Depth& depth);
void AddDiskUses(const DiskUses& uses, std::vector<PodUse>& pods);

}  // namespace ordinal::metrics

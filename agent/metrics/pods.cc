#include "agent/metrics/pods.h"

#include <fmt/format.h>

#include <utility>

#include "agent/base/kernel_file.h"

namespace ordinal::metrics {
namespace {

/// Of a volume of the pod's own: capacity and what is free are its file system's, what is used its own.
std::optional<FilesystemUse> UseOfVolume(const VolumeSubject& volume, const DiskUse& found) {
  std::optional<FilesystemUse> use = found.filesystem;
  if (!use || !volume.claim.empty()) return use;
  if (!found.files) return std::nullopt;
  use->used = found.files->bytes;
  use->inodes_used = found.files->inodes;
  return use;
}

struct Measure {
  const Depth& depth;
  const KernelPlaces& places;
  const Clock& clock;
  const Cgroups cgroups;

  ContainerUse Of(const PodSubject& pod, ContainerSubject subject) const {
    ContainerUse container;
    container.cgroup = cgroups.OfContainer(pod.cgroup, subject.id);
    if (!container.cgroup.empty()) container.use = cgroups.Read(container.cgroup, depth.cgroups);
    container.at = clock.Now();
    container.steady = clock.Steady();
    container.subject = std::move(subject);
    return container;
  }

  std::vector<InterfaceUse> InterfacesOf(const PodSubject& pod, const std::string& sandbox) const {
    if (!depth.network || pod.host_network || sandbox.empty()) return {};
    const pid_t process = cgroups.FirstProcess(sandbox);
    if (process <= 0) return {};
    std::vector<InterfaceUse> found =
        ReadInterfaces(ReadKernelFile(fmt::format("{}/{}/net/dev", places.proc, process)));
    if (found.size() > kMostInterfaces) found.resize(kMostInterfaces);
    // The number may have been another process's by then.
    return cgroups.FirstProcess(sandbox) == process ? found : std::vector<InterfaceUse>();
  }

  PodUse Of(PodSubject subject) const {
    PodUse pod;
    pod.use = cgroups.Read(subject.cgroup, depth.cgroups);
    pod.at = clock.Now();
    pod.steady = clock.Steady();
    pod.sandbox_cgroup = cgroups.OfContainer(subject.cgroup, subject.sandbox);
    pod.interfaces = InterfacesOf(subject, pod.sandbox_cgroup);
    for (ContainerSubject& container : subject.containers) {
      pod.containers.push_back(Of(subject, std::move(container)));
    }
    for (VolumeSubject& volume : subject.volumes) pod.volumes.push_back({std::move(volume), std::nullopt});
    subject.containers.clear();
    subject.volumes.clear();
    pod.subject = std::move(subject);
    return pod;
  }
};

}  // namespace

std::vector<PodUse> MeasurePods(std::vector<PodSubject> subjects, const Depth& depth, const KernelPlaces& places,
                                const Clock& clock) {
  const Measure measure{depth, places, clock, Cgroups(places.cgroups)};
  std::vector<PodUse> pods;
  pods.reserve(subjects.size());
  for (PodSubject& subject : subjects) pods.push_back(measure.Of(std::move(subject)));
  return pods;
}

std::vector<DiskWish> DiskWishesOf(const std::vector<PodUse>& pods, const Depth& depth) {
  std::vector<DiskWish> wishes;
  for (size_t pod = 0; pod < pods.size(); ++pod) {
    for (const ContainerUse& container : pods[pod].containers) {
      if (depth.logs) wishes.push_back({container.subject.logs, pod, false, true});
    }
    for (const VolumeUse& volume : pods[pod].volumes) {
      if (depth.volumes) wishes.push_back({volume.subject.path, pod, true, volume.subject.claim.empty()});
    }
  }
  return wishes;
}

void AddDiskUses(const DiskUses& uses, std::vector<PodUse>& pods) {
  for (PodUse& pod : pods) {
    for (ContainerUse& container : pod.containers) {
      const auto found = uses.find(container.subject.logs);
      if (found != uses.end()) container.logs = found->second.files;
    }
    for (VolumeUse& volume : pod.volumes) {
      const auto found = uses.find(volume.subject.path);
      if (found != uses.end()) volume.use = UseOfVolume(volume.subject, found->second);
    }
  }
}

}  // namespace ordinal::metrics

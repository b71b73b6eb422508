// What a pod may take of the node's disk, and whether it takes more: emptyDirs with a sizeLimit, limits of
// ephemeral-storage. Pure. The words are a kubelet's (pkg/kubelet/eviction/eviction_manager.go: localStorageEviction).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"

namespace ordinal::node {

struct StorageLimit {
  std::string name;  ///< of the volume or container
  int64_t bytes = 0;
  std::string text;  ///< as its writer said it
};

struct StorageLimits {
  std::vector<StorageLimit> volumes;     ///< emptyDirs with a sizeLimit
  std::vector<StorageLimit> containers;  ///< with a limit of ephemeral-storage
  int64_t pod = 0;                       ///< what it may take in all; zero: as much as it likes
  std::vector<std::string> disk;         ///< all emptyDirs on the disk

  bool any() const { return !volumes.empty() || pod > 0; }
};

/// emptyDirs in memory are held to their limits by the kernel. The pod's own limit is what any of its init containers
/// needs with the sidecars before it, or its containers and sidecars together: the larger of these
/// (k8s.io/component-helpers/resource: PodLimits).
StorageLimits StorageLimitsOf(const api::Pod& pod);

/// Bytes, by name.
struct StorageUse {
  std::map<std::string, int64_t> volumes;  ///< emptyDirs on the disk
  std::map<std::string, int64_t> logs;     ///< of containers
  std::map<std::string, int64_t> layers;   ///< what containers wrote to their own file systems

  int64_t OfContainer(const std::string& name) const;
  int64_t Total() const;
};

/// What the pod is told of the first limit it is over; empty when it keeps to all of them.
std::string StorageExcess(const StorageLimits& limits, const StorageUse& use);

}  // namespace ordinal::node

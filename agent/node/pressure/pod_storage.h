// What pods take of the disk: asked for those that have a limit, and for all when there is pressure. The directories
// are walked on the blocking pool; what containers wrote to their own file systems is the runtime's to say.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/base/blocking_pool.h"
#include "agent/base/layout.h"
#include "agent/node/pressure/storage_limits.h"
#include "cri/stats.h"

namespace ordinal::node {

/// Which parts of a pod's use count.
struct StorageParts {
  bool files = true;   ///< emptyDirs and logs: on the file system of the state directory
  bool layers = true;  ///< of containers: on that of images
};

struct PodStorage {
  StorageUse use;
  int64_t files = 0;  ///< inodes of its emptyDirs and logs
};

class PodStorageMeter {
 public:
  /// All of it outlives the meter. `node` is the value of observe::kAgentLabel of our containers.
  struct Parts {
    Clock& clock;
    BlockingPool& pool;
    cri::Stats& stats;
    const Layout& layout;
    std::string node;
  };
  explicit PodStorageMeter(Parts parts) : parts_(std::move(parts)) {}

  /// Pods that are over a limit, and what they are told. A pod is walked as often as it is asked, but for so long that
  /// it takes a hundredth of a thread at most. Nothing is done for pods without limits.
  Task<std::vector<std::pair<api::Ref<api::Pod>, std::string>>> OverLimits(api::Refs<api::Pod> pods);

  /// What each of them takes, by uid. Takes its time: for when there is pressure.
  Task<std::map<std::string, PodStorage>> Measure(api::Refs<api::Pod> pods, StorageParts which);

 private:
  using Layers = std::map<std::string, std::map<std::string, int64_t>>;  ///< bytes by uid and container
  Task<Layers> AskLayers();
  Task<PodStorage> Walk(api::Ref<api::Pod> pod, StorageLimits limits, bool everything);

  const Parts parts_;
  std::map<std::string, SteadyTime> next_;  ///< by uid: when the pod is walked again, of those whose walk takes long
};

}  // namespace ordinal::node

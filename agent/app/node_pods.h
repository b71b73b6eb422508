// NodePods: the pods of this node, made real: their volumes, their images, a worker for each, their reported status.
// Part of the composition root.
#pragma once

#include <memory>
#include <string>

#include "agent/app/config.h"
#include "agent/app/host_runtime.h"
#include "agent/base/layout.h"
#include "agent/events/recorder.h"
#include "agent/objects/caches.h"
#include "agent/podsync/pod_sync.h"
#include "agent/references/references.h"
#include "agent/status/pod_status_writer.h"
#include "volumes/linux/linux_mounter.h"
#include "volumes/pod_volumes.h"

namespace ordinal {

class NodePods {
 public:
  /// All of it outlives the pods.
  struct Parts {
    Executor executor;
    Clock& clock;
    BlockingPool& pool;
    const Config& config;
    const Layout& layout;
    HostRuntime& runtime;
    objects::Caches& caches;
    objects::Objects& objects;
    events::Recorder& recorder;
  };
  /// Before the caches run.
  explicit NodePods(Parts parts);

  podsync::Images& images() { return images_; }

  /// Starts and ends pods, for ever. `systemd_cgroup`: which cgroup driver the runtime uses.
  void Start(bool systemd_cgroup);
  void RuntimeChanged(const std::string& uid) { sync_.RuntimeChanged(uid); }
  void ImageArrived() { sync_.ImageArrived(); }

 private:
  podsync::NodeFacts Facts() const;
  podsync::VolumeLookups Lookups();
  podsync::Services MakeServices();

  const Parts parts_;
  volumes::LinuxMounter mounter_;
  const std::unique_ptr<volumes::PodVolumes> volumes_;
  podsync::Images images_;
  references::References references_;
  status::PodStatusWriter statuses_;
  podsync::PodSync sync_;
};

}  // namespace ordinal

// NodePods: the pods of this node, made real: their volumes, their images, a worker for each, their reported status,
// their logs.
// Part of the composition root.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "agent/app/config.h"
#include "agent/app/host_runtime.h"
#include "agent/base/layout.h"
#include "agent/events/recorder.h"
#include "agent/node/logs/rotation.h"
#include "agent/objects/caches.h"
#include "agent/podsync/pod_sync.h"
#include "agent/probes/container_checks.h"
#include "agent/probes/prober.h"
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
    Random& random;
  };
  /// Before the caches run.
  explicit NodePods(Parts parts);

  podsync::Images& images() { return images_; }
  podsync::PodSync& sync() { return sync_; }
  /// Who says whether a new pod may begin; nobody: it may.
  void RefuseWith(podsync::AskRefusal refusal) { refusal_ = std::move(refusal); }
  const podsync::Counts& counts() const { return counts_; }
  const probes::Prober& prober() const { return prober_; }

  /// Starts and ends pods, for ever. `systemd_cgroup`: which cgroup driver the runtime uses; `own_network`: pods get
  /// the network that this agent configures.
  void Start(bool systemd_cgroup, bool own_network);
  void RuntimeChanged(const std::string& uid) {
    sync_.RuntimeChanged(uid);
    logs_.Changed();
  }
  void ImageArrived() { sync_.ImageArrived(); }

 private:
  Task<void> RunPods();
  podsync::NodeFacts Facts() const;
  podsync::VolumeLookups Lookups();
  podsync::HandlerOf Handlers();
  std::function<api::ResourceList()> Allocatable();
  podsync::Services MakeServices();

  const Parts parts_;
  podsync::AskRefusal refusal_;
  podsync::Counts counts_;
  volumes::LinuxMounter mounter_;
  const std::unique_ptr<volumes::PodVolumes> volumes_;
  podsync::Images images_;
  references::References references_;
  references::AccountTokens tokens_;
  probes::ContainerChecks checks_;
  probes::Prober prober_;
  status::PodStatusWriter statuses_;
  podsync::PodSync sync_;
  node::LogRotation logs_;
};

}  // namespace ordinal

// What the workers of all pods share. Everything is used on the control thread.
#pragma once

#include <functional>
#include <string>

#include "agent/base/blocking_pool.h"
#include "agent/observe/pod_state.h"
#include "agent/podsync/cri_config.h"
#include "agent/podsync/images.h"
#include "agent/podsync/volume_specs.h"
#include "agent/status/pod_reports.h"
#include "agent/store/object_store.h"
#include "volumes/pod_volumes.h"

namespace ordinal::podsync {

struct Services {
  Executor executor;
  Clock& clock;
  cri::Runtime& runtime;
  observe::PodStates& states;
  volumes::PodVolumes& volumes;
  const Layout& layout;
  Images& images;
  BlockingPool& pool;
  NodeFacts node;
  VolumeLookups lookups;
  status::PodReports& reports;
  /// Tells people what happened to one container of a pod, or to the pod as a whole (`container` empty): type "Normal"
  /// or "Warning", reason, message.
  std::function<void(const api::Object& pod, const std::string& container, const std::string& type,
                     const std::string& reason, const std::string& message)>
      event;
};

}  // namespace ordinal::podsync

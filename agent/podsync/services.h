// What the workers of all pods share. Everything is used on the control thread.
#pragma once

#include "agent/base/blocking_pool.h"
#include "agent/events/recorder.h"
#include "agent/observe/pod_state.h"
#include "agent/podsync/cri_config.h"
#include "agent/podsync/images.h"
#include "agent/podsync/volume_specs.h"
#include "agent/references/references.h"
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
  references::References& references;
  status::PodReports& reports;
  events::Recorder& recorder;
};

}  // namespace ordinal::podsync

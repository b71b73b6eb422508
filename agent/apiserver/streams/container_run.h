// Which run of a container a request for its log means. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "agent/api/object.h"

namespace ordinal::apiserver::streams {

struct ContainerRun {
  std::string container_id;  ///< without "containerd://"
  int64_t restart = 0;       ///< names its log file
  bool running = false;
};

/// The newest run of `container`, or with `previous` the one before it that has ended. kInvalid when there is none,
/// worded as clients know it: `container "a" in pod "b" is waiting to start: ContainerCreating`. While a container
/// waits to be started again, its newest run is the one that ended.
/// Source: Kubernetes pkg/kubelet/kubelet_pods.go, validateContainerLogStatus.
Result<ContainerRun> PickRun(const api::Object& pod, const std::string& container, bool previous);

/// The run with that id is what the pod's status shows as running.
bool StillRuns(const api::Object& pod, const std::string& container, const std::string& container_id);

}  // namespace ordinal::apiserver::streams

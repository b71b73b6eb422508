// What is counted of the work on pods, for who asks later. Control thread.
#pragma once

#include <cstdint>

#include "agent/base/histogram.h"

namespace ordinal::podsync {

/// Upper bounds in seconds of the time a pod takes to run (Kubernetes: pkg/kubelet/metrics/metrics.go,
/// podStartupDurationBuckets).
inline constexpr double kStartBounds[] = {.5,  1,   2,   3,   4,   5,   6,   8,   10,   20,   30,   45,  60,
                                          120, 180, 240, 300, 360, 480, 600, 900, 1200, 1800, 2700, 3600};

struct Counts {
  struct Starts {
    uint64_t tried = 0, failed = 0;
  };
  Histogram start{kStartBounds};   ///< from when a pod was first seen to when it was reported as running
  Histogram create, update, sync;  ///< one round of a worker: the first, one after a change of the pod, any other
  Starts containers, init_containers;
};

}  // namespace ordinal::podsync

// What pods and the node use, from two samples. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "cri/stats.h"

namespace ordinal::metrics {

/// Counters and levels of the whole machine.
struct NodeCounters {
  uint64_t cpu_nanoseconds = 0;  ///< of all cores, since the machine was started
  uint64_t working_set = 0;      ///< bytes that cannot be taken back at once
};

/// Everything at one moment.
struct Sample {
  WallTime at{};        ///< to be shown
  SteadyTime steady{};  ///< the same moment, to reckon with
  std::vector<cri::ContainerUsage> containers;
  NodeCounters node;
};

struct ContainerRate {
  std::string uid, container;  ///< of the pod, and the container's name
  uint64_t nanocores = 0;      ///< a billionth of a core's time, on average between the samples
  uint64_t working_set = 0;    ///< bytes
};

struct Rates {
  WallTime at{};                          ///< of the later sample
  SteadyTime steady{};                    ///< of the later sample
  Duration window{0};                     ///< between the samples
  std::vector<ContainerRate> containers;  ///< those that both samples know
  uint64_t node_nanocores = 0;
  uint64_t node_working_set = 0;
};

/// The runtime reads each counter at a moment of its own, which it tells in wall time: a rate goes by these unless the
/// clock was set in between.
Rates RatesBetween(const Sample& earlier, const Sample& later);

/// Every container of `later` is in `earlier` too, so that RatesBetween() leaves none out.
bool Covers(const Sample& earlier, const Sample& later);

/// The first line of /proc/stat: time of all cores that was not idle. `ticks_per_second` is sysconf(_SC_CLK_TCK).
Result<uint64_t> ReadCpuNanoseconds(std::string_view proc_stat, int64_t ticks_per_second);

/// /proc/meminfo: what is used, without the file cache that was not needed lately (as cAdvisor reckons a machine).
Result<uint64_t> ReadWorkingSet(std::string_view proc_meminfo);

}  // namespace ordinal::metrics

// What the whole machine uses. Blocks for some hundred microseconds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/clock.h"
#include "agent/metrics/cgroup.h"
#include "agent/metrics/network.h"

namespace ordinal::metrics {

struct HostUse {
  WallTime at{};
  SteadyTime steady{};                                           ///< the same moment, for rates, where it was noted
  WallTime booted{};                                             ///< epoch: it is not known
  uint64_t cpu_nanoseconds = 0;                                  ///< of all cores, since the start of the machine
  uint64_t memory_total = 0, memory_usage = 0, working_set = 0;  ///< bytes
  uint64_t rss = 0, cache = 0, mapped_file = 0;                  ///< bytes
  uint64_t swap_total = 0, swap_free = 0;
  uint64_t page_faults = 0, major_page_faults = 0;
  uint64_t most_processes = 0, processes = 0;  ///< ids there are, and processes and threads that have one
  std::vector<InterfaceUse> interfaces;
  std::string default_interface;  ///< of the default route; empty: there is none
  std::optional<Pressure> cpu_pressure, memory_pressure, io_pressure;
};

/// `proc` is where procfs is mounted. What it does not tell is zero or absent; an error is that of the first lines of
/// /proc/stat or /proc/meminfo.
Result<HostUse> MeasureHost(const std::string& proc, WallTime now);

/// The node, as cAdvisor's root cgroup shows it.
CgroupUse RootOf(const HostUse& host);

/// Cores, sockets and memory, which do not change.
struct Machine {
  uint64_t cores = 0, physical_cores = 0, sockets = 0, memory = 0, swap = 0;
};
Machine ReadMachine(std::string_view cpuinfo, std::string_view meminfo);

/// This process: /proc/self.
struct ProcessUse {
  double cpu_seconds = 0;
  double started = 0;                                                               ///< seconds of Unix time
  uint64_t resident = 0, virtual_size = 0, open_files = 0, received = 0, sent = 0;  ///< bytes but for files
  std::optional<uint64_t> most_files, most_virtual;                                 ///< absent: no limit
};
ProcessUse MeasureProcess(const std::string& proc);

}  // namespace ordinal::metrics

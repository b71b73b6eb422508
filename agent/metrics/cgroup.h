// What a cgroup used, read from the kernel's own files: of cgroup v2, or of v1's hierarchies (also the hybrid layout).
// Meanings are those that cAdvisor gives them (github.com/google/cadvisor container/libcontainer/handler.go), since
// these are what dashboards reckon with. What the host does not tell is absent. Blocks for some ten microseconds.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ordinal::metrics {

struct CpuUse {
  uint64_t nanoseconds = 0;  ///< of all cores, since the cgroup was made
  uint64_t user_nanoseconds = 0, system_nanoseconds = 0;
  uint64_t periods = 0, throttled_periods = 0, throttled_nanoseconds = 0;  ///< of a CPU limit
};

struct MemoryUse {
  uint64_t usage = 0;        ///< bytes, page cache included
  uint64_t working_set = 0;  ///< bytes without the page cache that was not used lately
  uint64_t rss = 0, cache = 0, mapped_file = 0, swap = 0;
  uint64_t page_faults = 0, major_page_faults = 0;
  std::optional<uint64_t> peak;   ///< bytes
  std::optional<uint64_t> limit;  ///< bytes; absent: none
  std::optional<uint64_t> oom_kills;
};

/// Time in which somebody waited, microseconds, and shares of the last 10, 60 and 300 s in percent
/// (kernel: Documentation/accounting/psi.rst). `some`: at least one task; `full`: all of them.
struct PressureLine {
  double avg10 = 0, avg60 = 0, avg300 = 0;
  uint64_t total = 0;
};
struct Pressure {
  PressureLine some, full;
};

struct IoUse {
  uint64_t read_bytes = 0, written_bytes = 0, reads = 0, writes = 0;
};

struct CgroupUse {
  std::optional<CpuUse> cpu;
  std::optional<MemoryUse> memory;
  std::optional<uint64_t> tasks;    ///< processes and threads
  std::map<std::string, IoUse> io;  ///< by device, "8:0"
  std::optional<Pressure> cpu_pressure, memory_pressure, io_pressure;

  bool empty() const { return !cpu && !memory; }
};

/// "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull …". Nothing for another text.
std::optional<Pressure> ReadPressure(std::string_view text);

class Cgroups {
 public:
  enum class Part { kNothing, kCpuAndMemory, kEverything };

  /// `root`: /sys/fs/cgroup.
  explicit Cgroups(std::string root);

  bool unified() const { return unified_; }

  /// Of the cgroup at `path` ("/kubepods/pod…") below the root. `part`: the less, the fewer files are read.
  CgroupUse Read(const std::string& path, Part part = Part::kEverything) const;
  /// The cgroup of a container or a sandbox below its pod's, by either cgroup driver; empty when there is none.
  std::string OfContainer(const std::string& pod, const std::string& id) const;
  /// A process in it; 0: none that this agent sees.
  pid_t FirstProcess(const std::string& path) const;

 private:
  CgroupUse ReadUnified(const std::string& path, Part part) const;
  CgroupUse ReadHierarchies(const std::string& path, Part part) const;

  const std::string root_;
  const bool unified_;
};

}  // namespace ordinal::metrics

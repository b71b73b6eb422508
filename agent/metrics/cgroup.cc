#include "agent/metrics/cgroup.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "agent/base/kernel_file.h"

namespace ordinal::metrics {
namespace {

constexpr uint64_t kNanosecondsOfMicrosecond = 1000;
constexpr uint64_t kNanosecondsOfSecond = 1'000'000'000;
// v1 writes the largest multiple of a page below 2^63 for no limit.
constexpr uint64_t kNoLimit = uint64_t{1} << 62;

bool Exists(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0;
}

std::optional<double> TakeShare(std::string_view& line, std::string_view key) {
  const std::string_view word = TakeWord(line);
  if (!word.starts_with(key)) return std::nullopt;
  double share = 0;
  const auto [end, error] = std::from_chars(word.data() + key.size(), word.data() + word.size(), share);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return share;
}

bool ReadPressureLine(std::string_view line, PressureLine& into) {
  const auto avg10 = TakeShare(line, "avg10="), avg60 = TakeShare(line, "avg60="), avg300 = TakeShare(line, "avg300=");
  constexpr std::string_view kTotal = "total=";
  std::string_view total = TakeWord(line);
  if (!avg10 || !avg60 || !avg300 || !total.starts_with(kTotal)) return false;
  total.remove_prefix(kTotal.size());
  into = {*avg10, *avg60, *avg300, TakeNumber(total).value_or(0)};
  return true;
}

MemoryUse MemoryOf(uint64_t usage, uint64_t inactive_file) {
  MemoryUse memory;
  memory.usage = usage;
  memory.working_set = usage - std::min(usage, inactive_file);
  return memory;
}

/// cpu.stat of v2.
std::optional<CpuUse> UnifiedCpu(const std::string& text) {
  const auto used = FieldOf(text, "usage_usec");
  if (!used) return std::nullopt;
  const auto nanoseconds = [&text](const char* name) {
    return FieldOf(text, name).value_or(0) * kNanosecondsOfMicrosecond;
  };
  CpuUse cpu;
  cpu.nanoseconds = nanoseconds("usage_usec");
  cpu.user_nanoseconds = nanoseconds("user_usec");
  cpu.system_nanoseconds = nanoseconds("system_usec");
  cpu.periods = FieldOf(text, "nr_periods").value_or(0);
  cpu.throttled_periods = FieldOf(text, "nr_throttled").value_or(0);
  cpu.throttled_nanoseconds = nanoseconds("throttled_usec");
  return cpu;
}

std::optional<MemoryUse> UnifiedMemory(const std::string& directory) {
  const auto usage = ReadNumber(directory + "/memory.current");
  if (!usage) return std::nullopt;
  const std::string stat = ReadKernelFile(directory + "/memory.stat");
  const auto field = [&stat](const char* name) { return FieldOf(stat, name).value_or(0); };
  MemoryUse memory = MemoryOf(*usage, field("inactive_file"));
  memory.rss = field("anon");
  memory.cache = field("file");
  memory.mapped_file = field("file_mapped");
  memory.page_faults = field("pgfault");
  memory.major_page_faults = field("pgmajfault");
  memory.swap = ReadNumber(directory + "/memory.swap.current").value_or(0);
  memory.peak = ReadNumber(directory + "/memory.peak");
  memory.limit = ReadNumber(directory + "/memory.max");
  memory.oom_kills = FieldOf(ReadKernelFile(directory + "/memory.events"), "oom_kill");
  return memory;
}

/// "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0"
std::map<std::string, IoUse> UnifiedIo(const std::string& text) {
  std::map<std::string, IoUse> io;
  EachLine(text, [&io](std::string_view line) {
    const std::string device(TakeWord(line));
    IoUse use;
    for (std::string_view word = TakeWord(line); !word.empty(); word = TakeWord(line)) {
      const size_t equals = word.find('=');
      if (equals == std::string_view::npos) continue;
      const std::string_view key = word.substr(0, equals);
      std::string_view value = word.substr(equals + 1);
      const uint64_t number = TakeNumber(value).value_or(0);
      if (key == "rbytes") use.read_bytes = number;
      if (key == "wbytes") use.written_bytes = number;
      if (key == "rios") use.reads = number;
      if (key == "wios") use.writes = number;
    }
    if (!device.empty()) io[device] = use;
  });
  return io;
}

std::optional<CpuUse> HierarchyCpu(const std::string& root, const std::string& path) {
  const auto used = ReadNumber(root + "/cpuacct" + path + "/cpuacct.usage");
  if (!used) return std::nullopt;
  CpuUse cpu;
  cpu.nanoseconds = *used;
  const std::string parts = ReadKernelFile(root + "/cpuacct" + path + "/cpuacct.stat");
  const uint64_t tick = kNanosecondsOfSecond / static_cast<uint64_t>(::sysconf(_SC_CLK_TCK));
  cpu.user_nanoseconds = FieldOf(parts, "user").value_or(0) * tick;
  cpu.system_nanoseconds = FieldOf(parts, "system").value_or(0) * tick;
  const std::string limit = ReadKernelFile(root + "/cpu" + path + "/cpu.stat");
  cpu.periods = FieldOf(limit, "nr_periods").value_or(0);
  cpu.throttled_periods = FieldOf(limit, "nr_throttled").value_or(0);
  cpu.throttled_nanoseconds = FieldOf(limit, "throttled_time").value_or(0);
  return cpu;
}

std::optional<MemoryUse> HierarchyMemory(const std::string& directory) {
  const auto usage = ReadNumber(directory + "/memory.usage_in_bytes");
  if (!usage) return std::nullopt;
  const std::string stat = ReadKernelFile(directory + "/memory.stat");
  const auto field = [&stat](const char* name) { return FieldOf(stat, name).value_or(0); };
  MemoryUse memory = MemoryOf(*usage, field("total_inactive_file"));
  memory.rss = field("total_rss");
  memory.cache = field("total_cache");
  memory.mapped_file = field("total_mapped_file");
  memory.swap = field("total_swap");
  memory.page_faults = field("total_pgfault");
  memory.major_page_faults = field("total_pgmajfault");
  memory.peak = ReadNumber(directory + "/memory.max_usage_in_bytes");
  const auto limit = ReadNumber(directory + "/memory.limit_in_bytes");
  if (limit && *limit < kNoLimit) memory.limit = limit;
  memory.oom_kills = FieldOf(ReadKernelFile(directory + "/memory.oom_control"), "oom_kill");
  return memory;
}

/// "8:0 Read 4096": bytes or operations of a device.
void AddHierarchyIo(const std::string& text, uint64_t IoUse::*read, uint64_t IoUse::*written,
                    std::map<std::string, IoUse>& io) {
  EachLine(text, [&](std::string_view line) {
    const std::string device(TakeWord(line));
    const std::string_view what = TakeWord(line);
    const auto number = TakeNumber(line);
    if (!number) return;  // the last line, "Total 8192", has no third word
    if (what == "Read") io[device].*read = *number;
    if (what == "Write") io[device].*written = *number;
  });
}

}  // namespace

std::optional<Pressure> ReadPressure(std::string_view text) {
  Pressure pressure;
  bool some = false;
  EachLine(text, [&](std::string_view line) {
    const std::string_view who = TakeWord(line);
    if (who == "some") some = ReadPressureLine(line, pressure.some);
    if (who == "full") ReadPressureLine(line, pressure.full);
  });
  return some ? std::optional(pressure) : std::nullopt;
}

Cgroups::Cgroups(std::string root) : root_(std::move(root)), unified_(Exists(root_ + "/cgroup.controllers")) {}

CgroupUse Cgroups::Read(const std::string& path, Part part) const {
  if (part == Part::kNothing) return {};
  return unified_ ? ReadUnified(path, part) : ReadHierarchies(path, part);
}

CgroupUse Cgroups::ReadUnified(const std::string& path, Part part) const {
  const std::string directory = root_ + path;
  CgroupUse use;
  use.cpu = UnifiedCpu(ReadKernelFile(directory + "/cpu.stat"));
  use.memory = UnifiedMemory(directory);
  if (part == Part::kCpuAndMemory) return use;
  use.tasks = ReadNumber(directory + "/pids.current");
  use.io = UnifiedIo(ReadKernelFile(directory + "/io.stat"));
  use.cpu_pressure = ReadPressure(ReadKernelFile(directory + "/cpu.pressure"));
  use.memory_pressure = ReadPressure(ReadKernelFile(directory + "/memory.pressure"));
  use.io_pressure = ReadPressure(ReadKernelFile(directory + "/io.pressure"));
  return use;
}

CgroupUse Cgroups::ReadHierarchies(const std::string& path, Part part) const {
  CgroupUse use;
  use.cpu = HierarchyCpu(root_, path);
  use.memory = HierarchyMemory(root_ + "/memory" + path);
  if (part == Part::kCpuAndMemory) return use;
  use.tasks = ReadNumber(root_ + "/pids" + path + "/pids.current");
  const std::string io = root_ + "/blkio" + path + "/blkio.throttle.";
  AddHierarchyIo(ReadKernelFile(io + "io_service_bytes_recursive"), &IoUse::read_bytes, &IoUse::written_bytes, use.io);
  AddHierarchyIo(ReadKernelFile(io + "io_serviced_recursive"), &IoUse::reads, &IoUse::writes, use.io);
  return use;
}

std::string Cgroups::OfContainer(const std::string& pod, const std::string& id) const {
  if (pod.empty() || id.empty() || id.find('/') != std::string::npos) return {};
  const std::string top = unified_ ? root_ : root_ + "/memory";
  for (const std::string& path : {pod + "/" + id, pod + "/cri-containerd-" + id + ".scope"}) {
    if (Exists(top + path)) return path;
  }
  return {};
}

pid_t Cgroups::FirstProcess(const std::string& path) const {
  const std::string top = unified_ ? root_ : root_ + "/memory";
  return static_cast<pid_t>(ReadNumber(top + path + "/cgroup.procs").value_or(0));
}

}  // namespace ordinal::metrics

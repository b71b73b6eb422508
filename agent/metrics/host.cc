#include "agent/metrics/host.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <tuple>
#include <utility>

#include "agent/base/kernel_file.h"
#include "agent/metrics/usage.h"

namespace ordinal::metrics {
namespace {

/// The interface of the IPv4 default route (/proc/net/route: destination 00000000).
std::string DefaultInterfaceOf(std::string_view routes) {
  std::string found;
  EachLine(routes, [&found](std::string_view line) {
    const std::string_view interface = TakeWord(line);
    if (found.empty() && TakeWord(line) == "00000000") found = interface;
  });
  return found;
}

/// "0.20 0.18 0.12 1/80 11206": the second number of the fourth word.
uint64_t TasksOf(std::string_view loadavg) {
  for (int word = 0; word < 3; ++word) TakeWord(loadavg);
  std::string_view running_of_all = TakeWord(loadavg);
  running_of_all.remove_prefix(std::min(running_of_all.find('/') + 1, running_of_all.size()));
  return TakeNumber(running_of_all).value_or(0);
}

/// The words of /proc/self/stat behind the program's name, which may hold anything, in parentheses.
std::vector<std::string_view> StatWords(std::string_view stat) {
  std::vector<std::string_view> words;
  const size_t end = stat.rfind(')');
  if (end == std::string_view::npos) return words;
  stat.remove_prefix(end + 1);
  for (std::string_view word = TakeWord(stat); !word.empty(); word = TakeWord(stat)) words.push_back(word);
  return words;
}

uint64_t NumberAt(const std::vector<std::string_view>& words, size_t at) {
  if (at >= words.size()) return 0;
  std::string_view word = words[at];
  return TakeNumber(word).value_or(0);
}

/// "Max open files            1024                 524288               files": the soft limit.
std::optional<uint64_t> LimitOf(std::string_view limits, std::string_view name) {
  std::optional<uint64_t> limit;
  EachLine(limits, [&](std::string_view line) {
    if (!line.starts_with(name)) return;
    line.remove_prefix(name.size());
    limit = TakeNumber(line);
  });
  return limit;
}

/// /proc/self/net/netstat: a line of names and one of numbers, both beginning with "IpExt:".
std::pair<uint64_t, uint64_t> OctetsOf(std::string_view netstat) {
  std::vector<std::string_view> names;
  std::pair<uint64_t, uint64_t> octets;
  EachLine(netstat, [&](std::string_view line) {
    if (TakeWord(line) != "IpExt:") return;
    if (names.empty()) {
      for (std::string_view word = TakeWord(line); !word.empty(); word = TakeWord(line)) names.push_back(word);
      return;
    }
    for (const std::string_view name : names) {
      const uint64_t number = TakeNumber(line).value_or(0);
      if (name == "InOctets") octets.first = number;
      if (name == "OutOctets") octets.second = number;
    }
  });
  return octets;
}

}  // namespace

Result<HostUse> MeasureHost(const std::string& proc, WallTime now) {
  HostUse host;
  host.at = now;
  const std::string stat = ReadKernelFile(proc + "/stat"), meminfo = ReadKernelFile(proc + "/meminfo");
  TRY(host.cpu_nanoseconds, ReadCpuNanoseconds(stat, ::sysconf(_SC_CLK_TCK)));
  TRY(host.working_set, ReadWorkingSet(meminfo));
  if (const auto booted = FieldOf(stat, "btime")) host.booted = WallTime(std::chrono::seconds(*booted));
  host.memory_total = BytesOf(meminfo, "MemTotal").value_or(0);
  host.memory_usage = host.memory_total - std::min(host.memory_total, BytesOf(meminfo, "MemFree").value_or(0));
  host.rss = BytesOf(meminfo, "AnonPages").value_or(0);
  host.cache = BytesOf(meminfo, "Cached").value_or(0);
  host.mapped_file = BytesOf(meminfo, "Mapped").value_or(0);
  host.swap_total = BytesOf(meminfo, "SwapTotal").value_or(0);
  host.swap_free = BytesOf(meminfo, "SwapFree").value_or(0);
  const std::string vmstat = ReadKernelFile(proc + "/vmstat");
  host.page_faults = FieldOf(vmstat, "pgfault").value_or(0);
  host.major_page_faults = FieldOf(vmstat, "pgmajfault").value_or(0);
  host.most_processes = ReadNumber(proc + "/sys/kernel/pid_max").value_or(0);
  host.processes = TasksOf(ReadKernelFile(proc + "/loadavg"));
  host.interfaces = ReadInterfaces(ReadKernelFile(proc + "/self/net/dev"));
  host.default_interface = DefaultInterfaceOf(ReadKernelFile(proc + "/self/net/route"));
  host.cpu_pressure = ReadPressure(ReadKernelFile(proc + "/pressure/cpu"));
  host.memory_pressure = ReadPressure(ReadKernelFile(proc + "/pressure/memory"));
  host.io_pressure = ReadPressure(ReadKernelFile(proc + "/pressure/io"));
  return host;
}

Machine ReadMachine(std::string_view cpuinfo, std::string_view meminfo) {
  Machine machine;
  std::set<std::string_view> sockets;
  std::set<std::pair<std::string_view, std::string_view>> cores;
  std::string_view socket = "0";
  EachLine(cpuinfo, [&](std::string_view line) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    std::string_view value = line.substr(colon + 1);
    value = TakeWord(value);
    if (line.starts_with("processor")) ++machine.cores;
    if (line.starts_with("physical id")) socket = value;
    if (line.starts_with("physical id")) sockets.insert(value);
    if (line.starts_with("core id")) cores.emplace(socket, value);
  });
  // Processors that do not tell, as many of other architectures and of virtual machines, are one socket of whole cores.
  machine.sockets = std::max<uint64_t>(1, sockets.size());
  machine.physical_cores = cores.empty() ? machine.cores : cores.size();
  machine.memory = BytesOf(meminfo, "MemTotal").value_or(0);
  machine.swap = BytesOf(meminfo, "SwapTotal").value_or(0);
  return machine;
}

ProcessUse MeasureProcess(const std::string& proc) {
  // Fields 14, 15, 22, 23 and 24 of proc(5), counted from the third.
  constexpr size_t kUser = 11, kSystem = 12, kStart = 19, kVirtual = 20, kResident = 21;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const std::string stat = ReadKernelFile(proc + "/self/stat");
  const std::vector<std::string_view> words = StatWords(stat);
  ProcessUse use;
  use.cpu_seconds = static_cast<double>(NumberAt(words, kUser) + NumberAt(words, kSystem)) / ticks;
  const auto booted = FieldOf(ReadKernelFile(proc + "/stat"), "btime");
  use.started = static_cast<double>(booted.value_or(0)) + static_cast<double>(NumberAt(words, kStart)) / ticks;
  use.virtual_size = NumberAt(words, kVirtual);
  use.resident = NumberAt(words, kResident) * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  std::error_code code;
  for (std::filesystem::directory_iterator entry(proc + "/self/fd", code), end; !code && entry != end;
       entry.increment(code)) {
    ++use.open_files;
  }
  const std::string limits = ReadKernelFile(proc + "/self/limits");
  use.most_files = LimitOf(limits, "Max open files");
  use.most_virtual = LimitOf(limits, "Max address space");
  std::tie(use.received, use.sent) = OctetsOf(ReadKernelFile(proc + "/self/net/netstat"));
  return use;
}

CgroupUse RootOf(const HostUse& host) {
  CgroupUse root;
  root.cpu.emplace().nanoseconds = host.cpu_nanoseconds;
  MemoryUse& memory = root.memory.emplace();
  memory.usage = host.memory_usage;
  memory.working_set = host.working_set;
  memory.rss = host.rss;
  memory.cache = host.cache;
  memory.mapped_file = host.mapped_file;
  memory.swap = host.swap_total - host.swap_free;
  memory.page_faults = host.page_faults;
  memory.major_page_faults = host.major_page_faults;
  memory.limit = host.memory_total;
  root.tasks = host.processes;
  root.cpu_pressure = host.cpu_pressure;
  root.memory_pressure = host.memory_pressure;
  root.io_pressure = host.io_pressure;
  return root;
}

}  // namespace ordinal::metrics

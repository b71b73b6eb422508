#include "agent/metrics/usage.h"

#include <algorithm>
#include <map>

#include "agent/base/kernel_file.h"
#include "agent/observe/pod_state.h"

namespace ordinal::metrics {
namespace {

// A clock that is slewed, and two readings of a moment, differ by less.
constexpr Duration kSlewed = std::chrono::milliseconds(100);

using ById = std::map<std::string, const cri::ContainerUsage*>;

bool Measured(const cri::ContainerUsage& usage) { return usage.cpu_at != WallTime{} && usage.memory_at != WallTime{}; }

ById Index(const Sample& sample) {
  ById index;
  for (const cri::ContainerUsage& usage : sample.containers) {
    if (Measured(usage)) index[usage.id] = &usage;
  }
  return index;
}

/// Average use in billionths of a core. A counter that went back was begun anew.
uint64_t Nanocores(uint64_t before, uint64_t after, Duration window) {
  if (window <= Duration(0) || after < before) return 0;
  const double seconds = std::chrono::duration<double>(window).count();
  return static_cast<uint64_t>(static_cast<double>(after - before) / seconds);
}

}  // namespace

Rates RatesBetween(const Sample& earlier, const Sample& later) {
  Rates rates;
  rates.at = later.at;
  rates.steady = later.steady;
  rates.window = later.steady - earlier.steady;
  const bool clock_set = std::chrono::abs(later.at - earlier.at - rates.window) > kSlewed;
  const ById before = Index(earlier);
  for (const auto& [id, usage] : Index(later)) {
    const auto known = before.find(id);
    const auto uid = usage->labels.find(observe::kPodUidLabel);
    if (known == before.end() || uid == usage->labels.end()) continue;
    const Duration window = clock_set ? rates.window : Duration(usage->cpu_at - known->second->cpu_at);
    const uint64_t nanocores = Nanocores(known->second->cpu_nanoseconds, usage->cpu_nanoseconds, window);
    rates.containers.push_back({uid->second, usage->name, nanocores, usage->working_set});
  }
  rates.node_nanocores = Nanocores(earlier.node.cpu_nanoseconds, later.node.cpu_nanoseconds, rates.window);
  rates.node_working_set = later.node.working_set;
  return rates;
}

bool Covers(const Sample& earlier, const Sample& later) {
  const ById before = Index(earlier);
  const ById after = Index(later);
  return std::all_of(after.begin(), after.end(), [&](const auto& item) { return before.contains(item.first); });
}

Result<uint64_t> ReadCpuNanoseconds(std::string_view proc_stat, int64_t ticks_per_second) {
  const Error bad = MakeError(ErrorCode::kInternal, "/proc/stat does not begin with the time of all cores");
  if (TakeWord(proc_stat) != "cpu" || ticks_per_second <= 0) return bad;
  // user nice system idle iowait irq softirq steal; guest time is part of user (proc(5)).
  constexpr int kFields = 8, kIdle = 3, kIoWait = 4;
  uint64_t ticks = 0;
  for (int field = 0; field < kFields; ++field) {
    const auto number = TakeNumber(proc_stat);
    if (!number) return bad;
    if (field != kIdle && field != kIoWait) ticks += *number;
  }
  return ticks * (1'000'000'000 / static_cast<uint64_t>(ticks_per_second));
}

Result<uint64_t> ReadWorkingSet(std::string_view proc_meminfo) {
  const auto total = BytesOf(proc_meminfo, "MemTotal");
  const auto free = BytesOf(proc_meminfo, "MemFree");
  const auto inactive = BytesOf(proc_meminfo, "Inactive(file)");
  if (!total || !free || !inactive) {
    return MakeError(ErrorCode::kInternal, "/proc/meminfo lacks MemTotal, MemFree or Inactive(file)");
  }
  return *total - std::min(*total, *free + *inactive);
}

}  // namespace ordinal::metrics

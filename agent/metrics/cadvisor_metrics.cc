#include "agent/metrics/cadvisor_metrics.h"

#include <functional>

#include "agent/metrics/exposition.h"

namespace ordinal::metrics {
namespace {

constexpr double kNano = 1e-9, kMicro = 1e-6;

/// A cgroup and the labels it goes by.
struct Entry {
  std::string_view container, id, image, name, ns, pod;
  WallTime at{}, started{};
  const CgroupUse& use;

  Labels With(std::initializer_list<std::pair<std::string_view, std::string_view>> more = {}) const {
    Labels labels{{"container", container}, {"id", id},        {"image", image},
                  {"name", name},           {"namespace", ns}, {"pod", pod}};
    labels.insert(labels.end(), more);
    return labels;
  }
};

using Entries = std::vector<Entry>;

void AppendPods(const std::vector<PodUse>& pods, Entries& entries) {
  for (const PodUse& pod : pods) {
    const PodSubject& of = pod.subject;
    if (!pod.use.empty()) entries.push_back({"", of.cgroup, "", "", of.ns, of.name, pod.at, of.started, pod.use});
    for (const ContainerUse& container : pod.containers) {
      const ContainerSubject& subject = container.subject;
      if (container.use.empty()) continue;
      entries.push_back({subject.name, container.cgroup, subject.image, subject.id, of.ns, of.name, container.at,
                         subject.started, container.use});
    }
  }
}

template <class Part>
struct Figure {
  const char* name;
  const char* help;
  double (*value)(const Part&);
};

void AddCpu(Exposition& out, const Entries& entries) {
  static constexpr Figure<CpuUse> kFigures[] = {
      {"container_cpu_user_seconds_total", "Processor time outside the kernel, seconds of one core",
       [](const CpuUse& use) { return static_cast<double>(use.user_nanoseconds) * kNano; }},
      {"container_cpu_system_seconds_total", "Processor time in the kernel, seconds of one core",
       [](const CpuUse& use) { return static_cast<double>(use.system_nanoseconds) * kNano; }},
      {"container_cpu_cfs_periods_total", "Periods in which a CPU limit was enforced",
       [](const CpuUse& use) { return static_cast<double>(use.periods); }},
      {"container_cpu_cfs_throttled_periods_total", "Periods in which a CPU limit held the container up",
       [](const CpuUse& use) { return static_cast<double>(use.throttled_periods); }},
      {"container_cpu_cfs_throttled_seconds_total", "Time for which a CPU limit held the container up, seconds",
       [](const CpuUse& use) { return static_cast<double>(use.throttled_nanoseconds) * kNano; }},
  };
  out.Counter("container_cpu_usage_seconds_total", "Processor time, seconds of one core");
  for (const Entry& entry : entries) {
    if (!entry.use.cpu) continue;
    out.Add(static_cast<double>(entry.use.cpu->nanoseconds) * kNano, entry.With({{"cpu", "total"}}), entry.at);
  }
  for (const Figure<CpuUse>& figure : kFigures) {
    const bool of_limit = std::string_view(figure.name).find("_cfs_") != std::string_view::npos;
    out.Counter(figure.name, figure.help);
    for (const Entry& entry : entries) {
      // Of the node its parts are not told here, and without a limit there is nothing to enforce.
      if (!entry.use.cpu || entry.id == "/" || (of_limit && entry.use.cpu->periods == 0)) continue;
      out.Add(figure.value(*entry.use.cpu), entry.With(), entry.at);
    }
  }
}

void AddMemory(Exposition& out, const Entries& entries) {
  static constexpr Figure<MemoryUse> kFigures[] = {
      {"container_memory_usage_bytes", "Memory with all of the page cache, bytes",
       [](const MemoryUse& use) { return static_cast<double>(use.usage); }},
      {"container_memory_working_set_bytes", "Memory that cannot be taken back at once, bytes",
       [](const MemoryUse& use) { return static_cast<double>(use.working_set); }},
      {"container_memory_rss", "Anonymous memory, bytes",
       [](const MemoryUse& use) { return static_cast<double>(use.rss); }},
      {"container_memory_cache", "Page cache, bytes",
       [](const MemoryUse& use) { return static_cast<double>(use.cache); }},
      {"container_memory_mapped_file", "Mapped files, bytes",
       [](const MemoryUse& use) { return static_cast<double>(use.mapped_file); }},
      {"container_memory_swap", "Swap, bytes", [](const MemoryUse& use) { return static_cast<double>(use.swap); }},
      {"container_spec_memory_limit_bytes", "Limit of memory, bytes; 0: there is none",
       [](const MemoryUse& use) { return static_cast<double>(use.limit.value_or(0)); }},
  };
  for (const Figure<MemoryUse>& figure : kFigures) {
    out.Gauge(figure.name, figure.help);
    for (const Entry& entry : entries) {
      if (entry.use.memory) out.Add(figure.value(*entry.use.memory), entry.With(), entry.at);
    }
  }
  out.Gauge("container_memory_max_usage_bytes", "The most memory so far, bytes");
  for (const Entry& entry : entries) {
    if (!entry.use.memory || !entry.use.memory->peak) continue;
    out.Add(static_cast<double>(*entry.use.memory->peak), entry.With(), entry.at);
  }
  out.Counter("container_oom_events_total", "Processes killed for want of memory");
  for (const Entry& entry : entries) {
    if (!entry.use.memory || !entry.use.memory->oom_kills) continue;
    out.Add(static_cast<double>(*entry.use.memory->oom_kills), entry.With(), entry.at);
  }
}

void AddFaults(Exposition& out, const Entries& entries) {
  out.Counter("container_memory_failures_total", "Page faults; major ones had to be read from a disk");
  for (const Entry& entry : entries) {
    if (!entry.use.memory) continue;
    const MemoryUse& memory = *entry.use.memory;
    out.Add(static_cast<double>(memory.page_faults), entry.With({{"failure_type", "pgfault"}, {"scope", "hierarchy"}}),
            entry.at);
    out.Add(static_cast<double>(memory.major_page_faults),
            entry.With({{"failure_type", "pgmajfault"}, {"scope", "hierarchy"}}), entry.at);
  }
}

void AddIo(Exposition& out, const Entries& entries) {
  static constexpr Figure<IoUse> kFigures[] = {
      {"container_fs_reads_bytes_total", "Bytes read from devices",
       [](const IoUse& use) { return static_cast<double>(use.read_bytes); }},
      {"container_fs_reads_total", "Reads from devices",
       [](const IoUse& use) { return static_cast<double>(use.reads); }},
      {"container_fs_writes_bytes_total", "Bytes written to devices",
       [](const IoUse& use) { return static_cast<double>(use.written_bytes); }},
      {"container_fs_writes_total", "Writes to devices",
       [](const IoUse& use) { return static_cast<double>(use.writes); }},
  };
  for (const Figure<IoUse>& figure : kFigures) {
    out.Counter(figure.name, figure.help);
    for (const Entry& entry : entries) {
      for (const auto& [device, use] : entry.use.io)
        out.Add(figure.value(use), entry.With({{"device", device}}), entry.at);
    }
  }
}

void AddWritten(Exposition& out, const Entries& entries, const WrittenById& written) {
  out.Gauge("container_fs_usage_bytes", "What the container wrote over its image, bytes");
  for (const Entry& entry : entries) {
    const auto found = written.find(std::string(entry.name));
    if (found != written.end())
      out.Add(static_cast<double>(found->second.bytes), entry.With({{"device", ""}}), entry.at);
  }
}

void AddTasks(Exposition& out, const Entries& entries) {
  out.Gauge("container_threads", "Processes and threads");
  for (const Entry& entry : entries) {
    if (entry.use.tasks) out.Add(static_cast<double>(*entry.use.tasks), entry.With(), entry.at);
  }
  const auto seconds = [](WallTime time) { return std::chrono::duration<double>(time.time_since_epoch()).count(); };
  out.Gauge("container_start_time_seconds", "When it was started, seconds of Unix time");
  for (const Entry& entry : entries) {
    if (entry.started != WallTime()) out.Add(seconds(entry.started), entry.With(), entry.at);
  }
  out.Gauge("container_last_seen", "When it was measured, seconds of Unix time");
  for (const Entry& entry : entries) out.Add(seconds(entry.at), entry.With(), entry.at);
}

void AddPressure(Exposition& out, const Entries& entries) {
  struct Kind {
    const char *waiting, *stalled;
    std::optional<Pressure> CgroupUse::*pressure;
  };
  static constexpr Kind kKinds[] = {
      {"container_pressure_cpu_waiting_seconds_total", "container_pressure_cpu_stalled_seconds_total",
       &CgroupUse::cpu_pressure},
      {"container_pressure_memory_waiting_seconds_total", "container_pressure_memory_stalled_seconds_total",
       &CgroupUse::memory_pressure},
      {"container_pressure_io_waiting_seconds_total", "container_pressure_io_stalled_seconds_total",
       &CgroupUse::io_pressure},
  };
  for (const Kind& kind : kKinds) {
    out.Counter(kind.waiting, "Time in which some task waited for it, seconds");
    for (const Entry& entry : entries) {
      const auto& pressure = entry.use.*kind.pressure;
      if (pressure) out.Add(static_cast<double>(pressure->some.total) * kMicro, entry.With(), entry.at);
    }
    out.Counter(kind.stalled, "Time in which all tasks waited for it, seconds");
    for (const Entry& entry : entries) {
      const auto& pressure = entry.use.*kind.pressure;
      if (pressure) out.Add(static_cast<double>(pressure->full.total) * kMicro, entry.With(), entry.at);
    }
  }
}

void AddNetwork(Exposition& out, const std::vector<PodUse>& pods) {
  struct Kind {
    const char* name;
    InterfaceUse::Direction InterfaceUse::*direction;
    uint64_t InterfaceUse::Direction::*count;
  };
  using Way = InterfaceUse::Direction;
  static constexpr Kind kKinds[] = {
      {"container_network_receive_bytes_total", &InterfaceUse::received, &Way::bytes},
      {"container_network_receive_errors_total", &InterfaceUse::received, &Way::errors},
      {"container_network_receive_packets_dropped_total", &InterfaceUse::received, &Way::dropped},
      {"container_network_receive_packets_total", &InterfaceUse::received, &Way::packets},
      {"container_network_transmit_bytes_total", &InterfaceUse::sent, &Way::bytes},
      {"container_network_transmit_errors_total", &InterfaceUse::sent, &Way::errors},
      {"container_network_transmit_packets_dropped_total", &InterfaceUse::sent, &Way::dropped},
      {"container_network_transmit_packets_total", &InterfaceUse::sent, &Way::packets},
  };
  const CgroupUse none;
  for (const Kind& kind : kKinds) {
    out.Counter(kind.name, "Of an interface of the pod");
    for (const PodUse& pod : pods) {
      const PodSubject& of = pod.subject;
      const Entry sandbox{"", pod.sandbox_cgroup, "", of.sandbox, of.ns, of.name, pod.at, {}, none};
      for (const InterfaceUse& interface : pod.interfaces) {
        out.Add(static_cast<double>(interface.*kind.direction.*kind.count),
                sandbox.With({{"interface", interface.name}}), pod.at);
      }
    }
  }
}

void AddMachine(Exposition& out, const Machine& machine) {
  const auto gauge = [&out](const char* name, const char* help, uint64_t value) {
    out.Gauge(name, help);
    out.Add(static_cast<double>(value));
  };
  gauge("machine_cpu_cores", "Processors that the system sees", machine.cores);
  gauge("machine_cpu_physical_cores", "Cores", machine.physical_cores);
  gauge("machine_cpu_sockets", "Sockets of processors", machine.sockets);
  gauge("machine_memory_bytes", "Memory, bytes", machine.memory);
  gauge("machine_swap_bytes", "Swap, bytes", machine.swap);
}

}  // namespace

std::string CadvisorMetrics(const CadvisorSubject& subject) {
  Exposition out;
  const CgroupUse root = RootOf(subject.host);
  Entries entries{{"", "/", "", "", "", "", subject.host.at, subject.host.booted, root}};
  AppendPods(subject.pods, entries);
  AddCpu(out, entries);
  AddMemory(out, entries);
  AddFaults(out, entries);
  AddIo(out, entries);
  AddWritten(out, entries, subject.written);
  AddTasks(out, entries);
  AddPressure(out, entries);
  AddNetwork(out, subject.pods);
  AddMachine(out, subject.machine);
  out.Gauge("container_scrape_error", "1 when something could not be measured, else 0");
  out.Add(subject.runtime_answers ? 0 : 1);
  return std::move(out).Text();
}

}  // namespace ordinal::metrics

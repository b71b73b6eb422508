#include "agent/metrics/summary.h"

#include <algorithm>

namespace ordinal::metrics {
namespace {

using api::Json;

constexpr double kNanosOfSecond = 1e9;

Json PressureJson(const Pressure& pressure) {
  const auto line = [](const PressureLine& of) {
    return Json{{"total", of.total * 1000}, {"avg10", of.avg10}, {"avg60", of.avg60}, {"avg300", of.avg300}};
  };
  return {{"full", line(pressure.full)}, {"some", line(pressure.some)}};
}

void AddPsi(const std::optional<Pressure>& pressure, Json& to) {
  if (pressure) to["psi"] = PressureJson(*pressure);
}

struct SummaryWriter {
  const SummarySubject& of;
  const bool less;

  Json Cpu(const std::string& cgroup, WallTime at, CpuCounter now) const {
    Json cpu = {{"time", FormatTime(at)}};
    const auto before = of.before.find(cgroup);
    if (before != of.before.end() && before->second.at < now.at && before->second.nanoseconds <= now.nanoseconds) {
      const auto used = static_cast<double>(now.nanoseconds - before->second.nanoseconds);
      const auto passed = static_cast<double>((now.at - before->second.at).count());
      cpu["usageNanoCores"] = static_cast<uint64_t>(used / passed * kNanosOfSecond);
    }
    cpu["usageCoreNanoSeconds"] = now.nanoseconds;
    return cpu;
  }

  static Json Memory(const MemoryUse& memory, WallTime at) {
    Json out = {{"time", FormatTime(at)}};
    if (memory.limit) out["availableBytes"] = *memory.limit - std::min(*memory.limit, memory.working_set);
    out["usageBytes"] = memory.usage;
    out["workingSetBytes"] = memory.working_set;
    out["rssBytes"] = memory.rss;
    out["pageFaults"] = memory.page_faults;
    out["majorPageFaults"] = memory.major_page_faults;
    return out;
  }

  /// cpu, memory and swap of one cgroup.
  void AddCgroup(const std::string& cgroup, const CgroupUse& use, WallTime at, SteadyTime steady, Json& to) const {
    if (use.cpu) {
      to["cpu"] = Cpu(cgroup, at, {steady, use.cpu->nanoseconds});
      if (!less) AddPsi(use.cpu_pressure, to["cpu"]);
    }
    if (use.memory) {
      to["memory"] = Memory(*use.memory, at);
      if (!less) AddPsi(use.memory_pressure, to["memory"]);
    }
    if (less) return;
    if (use.memory) to["swap"] = {{"time", FormatTime(at)}, {"swapUsageBytes", use.memory->swap}};
    if (use.io_pressure) to["io"] = {{"time", FormatTime(at)}, {"psi", PressureJson(*use.io_pressure)}};
  }

  static Json Filesystem(const FilesystemUse& use, WallTime at, uint64_t used, std::optional<uint64_t> inodes_used) {
    Json out = {{"time", FormatTime(at)}, {"availableBytes", use.available}, {"capacityBytes", use.capacity},
                {"usedBytes", used},      {"inodesFree", use.inodes_free},   {"inodes", use.inodes}};
    if (inodes_used) out["inodesUsed"] = *inodes_used;
    return out;
  }

  static Json Interface(const InterfaceUse& use) {
    return {{"name", use.name},
            {"rxBytes", use.received.bytes},
            {"rxErrors", use.received.errors},
            {"txBytes", use.sent.bytes},
            {"txErrors", use.sent.errors}};
  }

  /// `main`: the interface that is shown before the list of all.
  static Json Network(const std::vector<InterfaceUse>& interfaces, const std::string& main, WallTime at) {
    Json out = Json::object(), all = Json::array();
    for (const InterfaceUse& use : interfaces) {
      if (use.name == main) out = Interface(use);
      all.push_back(Interface(use));
    }
    out["time"] = FormatTime(at);
    out["interfaces"] = std::move(all);
    return out;
  }

  Json Container(const ContainerUse& container) const {
    Json out = {{"name", container.subject.name}};
    if (container.subject.started != WallTime()) out["startTime"] = FormatTime(container.subject.started);
    AddCgroup(container.cgroup, container.use, container.at, container.steady, out);
    if (less) return out;
    const auto written = of.written.find(container.subject.id);
    if (written != of.written.end() && of.disks.images) {
      out["rootfs"] = Filesystem(*of.disks.images, container.at, written->second.bytes, written->second.inodes);
    }
    if (container.logs && of.disks.node) {
      out["logs"] = Filesystem(*of.disks.node, container.at, container.logs->bytes, container.logs->inodes);
    }
    return out;
  }

  /// What the pod takes of the node's disk: its logs, its ephemeral volumes, and what its containers wrote. Nothing
  /// where a part of the sum is not known.
  void AddEphemeral(const PodUse& pod, Json& to) const {
    if (!of.disks.node) return;
    uint64_t bytes = 0, inodes = 0;
    for (const ContainerUse& container : pod.containers) {
      const auto written = of.written.find(container.subject.id);
      if (written == of.written.end() || !container.logs) return;
      bytes += written->second.bytes + container.logs->bytes;
      inodes += written->second.inodes + container.logs->inodes;
    }
    for (const VolumeUse& volume : pod.volumes) {
      if (!volume.subject.ephemeral) continue;
      if (!volume.use) return;
      bytes += volume.use->used;
      inodes += volume.use->inodes_used;
    }
    to["ephemeral-storage"] = Filesystem(*of.disks.node, pod.at, bytes, inodes);
  }

  static Json Volume(const PodUse& pod, const VolumeUse& volume) {
    Json out = Filesystem(*volume.use, pod.at, volume.use->used, volume.use->inodes_used);
    out["name"] = volume.subject.name;
    if (!volume.subject.claim.empty()) {
      out["pvcRef"] = {{"name", volume.subject.claim}, {"namespace", pod.subject.ns}};
    }
    return out;
  }

  Json Pod(const PodUse& pod) const {
    Json out = {
        {"podRef", {{"name", pod.subject.name}, {"namespace", pod.subject.ns}, {"uid", pod.subject.uid}}},
        {"containers", Json::array()},
    };
    if (pod.subject.started != WallTime()) out["startTime"] = FormatTime(pod.subject.started);
    for (const ContainerUse& container : pod.containers) out["containers"].push_back(Container(container));
    AddCgroup(pod.subject.cgroup, pod.use, pod.at, pod.steady, out);
    if (less) return out;
    if (!pod.interfaces.empty()) out["network"] = Network(pod.interfaces, pod.interfaces.front().name, pod.at);
    for (const VolumeUse& volume : pod.volumes) {
      if (volume.use) out["volume"].push_back(Volume(pod, volume));
    }
    AddEphemeral(pod, out);
    if (pod.use.tasks) out["process_stats"] = {{"process_count", *pod.use.tasks}};
    return out;
  }

  Json Node() const {
    const HostUse& host = of.host;
    const CgroupUse use = RootOf(host);
    Json out = {{"nodeName", of.node}};
    if (host.booted != WallTime()) out["startTime"] = FormatTime(host.booted);
    AddCgroup("/", use, host.at, host.steady, out);
    if (less) return out;
    out["swap"]["swapAvailableBytes"] = host.swap_free;
    out["network"] = Network(host.interfaces, host.default_interface, host.at);
    if (of.disks.node) out["fs"] = Filesystem(*of.disks.node, host.at, of.disks.node->used, of.disks.node->inodes_used);
    if (of.disks.images) {
      out["runtime"]["imageFs"] = Filesystem(*of.disks.images, host.at, of.disks.images_bytes, std::nullopt);
    }
    out["rlimit"] = {{"time", FormatTime(host.at)}, {"maxpid", host.most_processes}, {"curproc", host.processes}};
    return out;
  }
};

}  // namespace

CpuCounters CountersOf(const HostUse& host, const std::vector<PodUse>& pods) {
  CpuCounters counters;
  counters["/"] = {host.steady, host.cpu_nanoseconds};
  for (const PodUse& pod : pods) {
    if (pod.use.cpu) counters[pod.subject.cgroup] = {pod.steady, pod.use.cpu->nanoseconds};
    for (const ContainerUse& container : pod.containers) {
      if (container.use.cpu) counters[container.cgroup] = {container.steady, container.use.cpu->nanoseconds};
    }
  }
  return counters;
}

Json Summary(const SummarySubject& subject, bool only_cpu_and_memory) {
  const SummaryWriter writer{subject, only_cpu_and_memory};
  Json out = {{"node", writer.Node()}, {"pods", Json::array()}};
  for (const PodUse& pod : subject.pods) {
    if (!pod.use.empty()) out["pods"].push_back(writer.Pod(pod));
  }
  return out;
}

}  // namespace ordinal::metrics

#include "agent/metrics/resource_metrics.h"

#include "agent/metrics/exposition.h"

namespace ordinal::metrics {
namespace {

constexpr double kSecondsOfNano = 1e-9;

using Value = std::optional<double> (*)(const CgroupUse&);

std::optional<double> CpuSeconds(const CgroupUse& use) {
  return use.cpu ? std::optional(static_cast<double>(use.cpu->nanoseconds) * kSecondsOfNano) : std::nullopt;
}
std::optional<double> WorkingSet(const CgroupUse& use) {
  return use.memory ? std::optional(static_cast<double>(use.memory->working_set)) : std::nullopt;
}
std::optional<double> Swap(const CgroupUse& use) {
  return use.memory ? std::optional(static_cast<double>(use.memory->swap)) : std::nullopt;
}

void AddContainers(Exposition& out, const std::vector<PodUse>& pods, Value value) {
  for (const PodUse& pod : pods) {
    for (const ContainerUse& container : pod.containers) {
      const auto measured = value(container.use);
      if (!measured) continue;
      const Labels labels{
          {"container", container.subject.name}, {"namespace", pod.subject.ns}, {"pod", pod.subject.name}};
      out.Add(*measured, labels, container.at);
    }
  }
}

void AddPods(Exposition& out, const std::vector<PodUse>& pods, Value value) {
  for (const PodUse& pod : pods) {
    const auto measured = value(pod.use);
    if (measured) out.Add(*measured, {{"namespace", pod.subject.ns}, {"pod", pod.subject.name}}, pod.at);
  }
}

void AddStarts(Exposition& out, const std::vector<PodUse>& pods) {
  for (const PodUse& pod : pods) {
    for (const ContainerUse& container : pod.containers) {
      if (container.subject.started == WallTime()) continue;
      const double seconds = std::chrono::duration<double>(container.subject.started.time_since_epoch()).count();
      out.Add(seconds,
              {{"container", container.subject.name}, {"namespace", pod.subject.ns}, {"pod", pod.subject.name}},
              container.at);
    }
  }
}

void AddHost(Exposition& out, const HostUse& host) {
  out.Counter("node_cpu_usage_seconds_total", "Processor time of the node, seconds of one core");
  out.Add(static_cast<double>(host.cpu_nanoseconds) * kSecondsOfNano, {}, host.at);
  out.Gauge("node_memory_working_set_bytes", "Memory of the node that cannot be taken back at once, bytes");
  out.Add(static_cast<double>(host.working_set), {}, host.at);
  out.Gauge("node_swap_usage_bytes", "Swap that the node uses, bytes");
  out.Add(static_cast<double>(host.swap_total - host.swap_free), {}, host.at);
}

}  // namespace

std::string ResourceMetrics(const std::optional<HostUse>& host, const std::vector<PodUse>& pods) {
  Exposition out;
  out.Counter("container_cpu_usage_seconds_total", "Processor time of the container, seconds of one core");
  AddContainers(out, pods, CpuSeconds);
  out.Gauge("container_memory_working_set_bytes", "Memory of the container that cannot be taken back at once, bytes");
  AddContainers(out, pods, WorkingSet);
  out.Gauge("container_start_time_seconds", "When the container was started, seconds of Unix time");
  AddStarts(out, pods);
  out.Gauge("container_swap_usage_bytes", "Swap that the container uses, bytes");
  AddContainers(out, pods, Swap);
  if (host) AddHost(out, *host);
  out.Counter("pod_cpu_usage_seconds_total", "Processor time of the pod, seconds of one core");
  AddPods(out, pods, CpuSeconds);
  out.Gauge("pod_memory_working_set_bytes", "Memory of the pod that cannot be taken back at once, bytes");
  AddPods(out, pods, WorkingSet);
  out.Gauge("pod_swap_usage_bytes", "Swap that the pod uses, bytes");
  AddPods(out, pods, Swap);
  // One name since Kubernetes 1.29, the other one before.
  for (const char* name : {"resource_scrape_error", "scrape_error"}) {
    out.Gauge(name, "1 when something could not be measured, else 0");
    out.Add(host ? 0 : 1);
  }
  return std::move(out).Text();
}

}  // namespace ordinal::metrics

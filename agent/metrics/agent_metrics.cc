#include "agent/metrics/agent_metrics.h"

#include <set>
#include <string_view>

#include "agent/metrics/exposition.h"

namespace ordinal::metrics {
namespace {

double Number(uint64_t value) { return static_cast<double>(value); }

struct Writer {
  Exposition& out;

  void Gauge(const char* name, const char* help, double value, const Labels& labels = {}) const {
    out.Gauge(name, help);
    out.Add(value, labels);
  }
  void Counter(const char* name, const char* help, uint64_t value, const Labels& labels = {}) const {
    out.Counter(name, help);
    out.Add(Number(value), labels);
  }
  void Histograms(const char* name, const char* help, const Histogram& histogram, const Labels& labels = {}) const {
    out.Histograms(name, help);
    out.Add(histogram, labels);
  }
};

void AddPodCounts(Exposition& out, const AgentFigures& figures) {
  const Writer write{out};
  write.Gauge("kubelet_node_name", "The node's name; the value is always 1", 1, {{"node", figures.node}});
  write.Gauge("kubelet_cgroup_version", "Version of the host's cgroups", figures.unified_cgroups ? 2 : 1);
  write.Gauge("kubelet_desired_pods", "Pods that name this node", Number(figures.desired_pods), {{"static", ""}});
  write.Gauge("kubelet_active_pods", "Pods of this node that are not over", Number(figures.active_pods),
              {{"static", ""}});
  write.Gauge("kubelet_running_pods", "Pods with a sandbox that runs", Number(figures.running_pods));
  out.Gauge("kubelet_running_containers", "Containers the runtime has, by state");
  for (const auto& [state, count] : figures.containers) out.Add(Number(count), {{"container_state", state}});
  write.Histograms("kubelet_pod_start_duration_seconds", "From when a pod is first seen to when it runs",
                   figures.pod_start);
  out.Histograms("kubelet_pod_worker_duration_seconds", "One round of a pod's worker, by what it was for");
  out.Add(figures.create, {{"operation_type", "create"}});
  out.Add(figures.sync, {{"operation_type", "sync"}});
  out.Add(figures.update, {{"operation_type", "update"}});
  const Starts &mains = figures.containers_started, &inits = figures.init_containers_started;
  out.Counter("kubelet_started_containers_total", "Attempts to start a container");
  out.Add(Number(mains.tried), {{"container_type", "container"}});
  out.Add(Number(inits.tried), {{"container_type", "init_container"}});
  out.Counter("kubelet_started_containers_errors_total", "Attempts to start a container that failed");
  out.Add(Number(mains.failed), {{"container_type", "container"}});
  out.Add(Number(inits.failed), {{"container_type", "init_container"}});
}

const cri::CallCount& CallsOf(const AgentFigures& figures, std::string_view operation) {
  static const cri::CallCount kNever;
  for (const cri::CallCount& count : figures.calls) {
    if (count.operation == operation) return count;
  }
  return kNever;
}

void AddRuntime(Exposition& out, const AgentFigures& figures) {
  const Writer write{out};
  const cri::CallCount& sandboxes = CallsOf(figures, "run_podsandbox");
  write.Counter("kubelet_started_pods_total", "Attempts to make a sandbox", sandboxes.calls);
  write.Counter("kubelet_started_pods_errors_total", "Attempts to make a sandbox that failed", sandboxes.errors);
  write.Histograms("kubelet_run_podsandbox_duration_seconds", "Making a sandbox", sandboxes.took,
                   {{"runtime_handler", ""}});
  write.Counter("kubelet_run_podsandbox_errors_total", "Attempts to make a sandbox that failed", sandboxes.errors,
                {{"runtime_handler", ""}});
  out.Counter("kubelet_runtime_operations_total", "Calls of the runtime");
  for (const cri::CallCount& count : figures.calls) out.Add(Number(count.calls), {{"operation_type", count.operation}});
  out.Counter("kubelet_runtime_operations_errors_total", "Calls of the runtime that failed");
  for (const cri::CallCount& count : figures.calls)
    out.Add(Number(count.errors), {{"operation_type", count.operation}});
  out.Histograms("kubelet_runtime_operations_duration_seconds", "How long calls of the runtime take");
  for (const cri::CallCount& count : figures.calls) out.Add(count.took, {{"operation_type", count.operation}});
  write.Histograms("kubelet_pleg_relist_duration_seconds", "One complete list of the runtime", figures.relist);
  write.Histograms("kubelet_pleg_relist_interval_seconds", "Between two complete lists of the runtime",
                   figures.relist_interval);
  if (figures.last_relist == WallTime()) return;
  write.Gauge("kubelet_pleg_last_seen_seconds", "The last complete list, seconds of Unix time",
              std::chrono::duration<double>(figures.last_relist.time_since_epoch()).count());
}

void AddRequests(Exposition& out, const AgentFigures& figures) {
  const auto labels = [](const std::pair<std::string, std::string>& what) {
    return Labels{
        {"long_running", "false"}, {"method", what.first}, {"path", what.second}, {"server_type", "readwrite"}};
  };
  out.Counter("kubelet_http_requests_total", "Requests of this API that were answered");
  for (const auto& [what, count] : figures.requests) out.Add(Number(count.took.count()), labels(what));
  out.Histograms("kubelet_http_requests_duration_seconds", "How long requests of this API take");
  for (const auto& [what, count] : figures.requests) out.Add(count.took, labels(what));
  out.Gauge("kubelet_http_inflight_requests", "Requests of this API that are being answered");
  for (const auto& [what, count] : figures.requests) out.Add(Number(count.under_way), labels(what));
}

/// One claim may be mounted by several pods.
void AddVolumes(Exposition& out, const std::vector<PodUse>& pods) {
  struct Figure {
    const char *name, *help;
    uint64_t FilesystemUse::*value;
  };
  static constexpr Figure kFigures[] = {
      {"kubelet_volume_stats_available_bytes", "Free for a claim's users, bytes", &FilesystemUse::available},
      {"kubelet_volume_stats_capacity_bytes", "Size of the file system of a claim", &FilesystemUse::capacity},
      {"kubelet_volume_stats_inodes", "Inodes of the file system of a claim", &FilesystemUse::inodes},
      {"kubelet_volume_stats_inodes_free", "Free inodes of the file system of a claim", &FilesystemUse::inodes_free},
      {"kubelet_volume_stats_inodes_used", "Used inodes of the file system of a claim", &FilesystemUse::inodes_used},
      {"kubelet_volume_stats_used_bytes", "Used on the file system of a claim, bytes", &FilesystemUse::used},
  };
  for (const Figure& figure : kFigures) {
    std::set<std::pair<std::string_view, std::string_view>> shown;
    out.Gauge(figure.name, figure.help);
    for (const PodUse& pod : pods) {
      for (const VolumeUse& volume : pod.volumes) {
        if (volume.subject.claim.empty() || !volume.use) continue;
        if (!shown.emplace(pod.subject.ns, volume.subject.claim).second) continue;
        out.Add(Number((*volume.use).*figure.value),
                {{"namespace", pod.subject.ns}, {"persistentvolumeclaim", volume.subject.claim}});
      }
    }
  }
}

void AddLogs(Exposition& out, const std::vector<PodUse>& pods) {
  out.Gauge("kubelet_container_log_filesystem_used_bytes", "What the logs of a container take, bytes");
  for (const PodUse& pod : pods) {
    for (const ContainerUse& container : pod.containers) {
      if (!container.logs) continue;
      out.Add(Number(container.logs->bytes), {{"uid", pod.subject.uid},
                                              {"namespace", pod.subject.ns},
                                              {"pod", pod.subject.name},
                                              {"container", container.subject.name}});
    }
  }
}

void AddProcess(Exposition& out, const ProcessUse& process) {
  const Writer write{out};
  out.Counter("process_cpu_seconds_total", "Processor time of the agent, seconds of one core");
  out.Add(process.cpu_seconds);
  if (process.most_files) write.Gauge("process_max_fds", "Files it may have open", Number(*process.most_files));
  write.Counter("process_network_receive_bytes_total", "Bytes that its network namespace received", process.received);
  write.Counter("process_network_transmit_bytes_total", "Bytes that its network namespace sent", process.sent);
  write.Gauge("process_open_fds", "Files it has open", Number(process.open_files));
  write.Gauge("process_resident_memory_bytes", "Its resident memory, bytes", Number(process.resident));
  write.Gauge("process_start_time_seconds", "When it was started, seconds of Unix time", process.started);
  write.Gauge("process_virtual_memory_bytes", "Its virtual memory, bytes", Number(process.virtual_size));
  // No limit is the largest number there is, as client libraries have it.
  write.Gauge("process_virtual_memory_max_bytes", "Virtual memory it may have, bytes",
              Number(process.most_virtual.value_or(UINT64_MAX)));
}

}  // namespace

std::string AgentMetrics(const AgentFigures& figures, const ProcessUse& process, const std::vector<PodUse>& pods) {
  Exposition out;
  AddPodCounts(out, figures);
  AddRuntime(out, figures);
  AddRequests(out, figures);
  AddVolumes(out, pods);
  AddLogs(out, pods);
  AddProcess(out, process);
  return std::move(out).Text();
}

std::string ProbeMetrics(const std::vector<ProbeFigures>& probes) {
  Exposition out;
  out.Counter("prober_probe_total", "Probes of a container, by their result");
  for (const ProbeFigures& probe : probes) {
    const std::pair<const char*, uint64_t> results[] = {
        {"failed", probe.failed}, {"successful", probe.passed}, {"unknown", probe.unknown}};
    for (const auto& [result, count] : results) {
      if (count == 0) continue;
      out.Add(Number(count), {{"container", probe.container},
                              {"namespace", probe.ns},
                              {"pod", probe.pod},
                              {"pod_uid", probe.uid},
                              {"probe_type", probe.kind},
                              {"result", result}});
    }
  }
  out.Histograms("prober_probe_duration_seconds", "How long probes of a container take");
  for (const ProbeFigures& probe : probes) {
    if (probe.took.count() == 0) continue;
    out.Add(probe.took,
            {{"container", probe.container}, {"namespace", probe.ns}, {"pod", probe.pod}, {"probe_type", probe.kind}});
  }
  return std::move(out).Text();
}

}  // namespace ordinal::metrics

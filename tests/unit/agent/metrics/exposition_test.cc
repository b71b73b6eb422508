#include "agent/metrics/exposition.h"

#include <gtest/gtest.h>

#include <set>

#include "agent/metrics/agent_metrics.h"
#include "agent/metrics/cadvisor_metrics.h"
#include "agent/metrics/resource_metrics.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::metrics {
namespace {

const WallTime kAt = *ParseTime("2026-01-01T00:00:00Z");
constexpr char kAtText[] = "1767225600000";

CgroupUse Used(uint64_t cpu, uint64_t memory) {
  CgroupUse use;
  use.cpu.emplace().nanoseconds = cpu;
  use.memory.emplace().working_set = memory;
  use.memory->usage = memory + 1;
  use.tasks = 3;
  return use;
}

PodUse OnePod() {
  PodUse pod;
  pod.subject = {"u1", "default", "web-0", kAt, "/kubepods/podu1", "s1", false, {}, {}};
  pod.at = kAt;
  pod.use = Used(3'000'000'000, 3000);
  pod.sandbox_cgroup = "/kubepods/podu1/s1";
  pod.interfaces = {{"eth0", {10, 1, 0, 0}, {20, 2, 0, 5}}};
  ContainerUse container;
  container.subject = {"main", "c1", "a:1", "/logs", kAt};
  container.cgroup = "/kubepods/podu1/c1";
  container.at = kAt;
  container.use = Used(1'500'000'000, 2000);
  container.use.cpu_pressure = Pressure{{0, 0, 0, 2'500'000}, {0, 0, 0, 500'000}};
  container.logs = DirectoryUse{8192, 2};
  pod.containers.push_back(container);
  pod.volumes.push_back({{"data", "/v", "data-web-0"}, FilesystemUse{100, 60, 40, 10, 8, 2}});
  pod.volumes.push_back({{"tmp", "/t", ""}, FilesystemUse{100, 60, 7, 10, 8, 1}});
  return pod;
}

bool Holds(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

/// name → type
std::map<std::string, std::string> FamiliesOf(const std::string& text) {
  std::map<std::string, std::string> families;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string mark, what, name, type;
    words >> mark >> what >> name >> type;
    if (what != "TYPE") continue;
    EXPECT_TRUE(families.emplace(name, type).second) << name << " comes twice";
  }
  return families;
}

TEST(Exposition, IsTheTextFormat) {
  static constexpr double kBounds[] = {.5, 1};
  Histogram histogram(kBounds);
  for (const int milliseconds : {100, 500, 600, 5000}) histogram.Observe(std::chrono::milliseconds(milliseconds));
  Exposition out;
  out.Counter("asked_total", "How often");
  out.Add(3, {{"by", "a \"b\"\\\n"}});
  out.Gauge("nothing", "Nobody said anything of it");
  out.Gauge("held_bytes", "Bytes");
  out.Add(1466066023466, {}, kAt);
  out.Histograms("took_seconds", "Time");
  out.Add(histogram, {{"by", "x"}});
  EXPECT_EQ(std::move(out).Text(),
            "# HELP asked_total How often\n# TYPE asked_total counter\nasked_total{by=\"a \\\"b\\\"\\\\\\n\"} 3\n"
            "# HELP held_bytes Bytes\n# TYPE held_bytes gauge\nheld_bytes 1466066023466 1767225600000\n"
            "# HELP took_seconds Time\n# TYPE took_seconds histogram\n"
            "took_seconds_count{by=\"x\"} 4\ntook_seconds_sum{by=\"x\"} 6.2\n"
            "took_seconds_bucket{by=\"x\",le=\"0.5\"} 2\ntook_seconds_bucket{by=\"x\",le=\"1\"} 3\n"
            "took_seconds_bucket{by=\"x\",le=\"+Inf\"} 4\n");
}

TEST(ResourceMetrics, AreOfNodePodsAndContainers) {
  HostUse host;
  host.at = kAt;
  host.cpu_nanoseconds = 9'000'000'000;
  host.working_set = 4096;
  host.swap_total = 10;
  host.swap_free = 4;
  const std::string text = ResourceMetrics(host, {OnePod()});
  const std::string at = std::string(" ") + kAtText;
  for (const std::string line : {
           "container_cpu_usage_seconds_total{container=\"main\",namespace=\"default\",pod=\"web-0\"} 1.5",
           "container_memory_working_set_bytes{container=\"main\",namespace=\"default\",pod=\"web-0\"} 2000",
           "container_swap_usage_bytes{container=\"main\",namespace=\"default\",pod=\"web-0\"} 0",
           "container_start_time_seconds{container=\"main\",namespace=\"default\",pod=\"web-0\"} 1767225600",
           "node_cpu_usage_seconds_total 9",
           "node_memory_working_set_bytes 4096",
           "node_swap_usage_bytes 6",
           "pod_cpu_usage_seconds_total{namespace=\"default\",pod=\"web-0\"} 3",
           "pod_memory_working_set_bytes{namespace=\"default\",pod=\"web-0\"} 3000",
       }) {
    EXPECT_TRUE(Holds(text, line + at)) << line << "\n" << text;
  }
  EXPECT_TRUE(Holds(text, "resource_scrape_error 0"));
  EXPECT_TRUE(Holds(text, "scrape_error 0"));
  EXPECT_TRUE(Holds(ResourceMetrics(std::nullopt, {}), "resource_scrape_error 1"));
}

TEST(ResourceMetrics, WhatWasNotMeasuredIsAbsent) {
  PodUse pod = OnePod();
  pod.containers.front().use = {};
  const auto families = FamiliesOf(ResourceMetrics(HostUse(), {pod}));
  EXPECT_FALSE(families.contains("container_cpu_usage_seconds_total"));
  EXPECT_TRUE(families.contains("pod_cpu_usage_seconds_total"));
}

TEST(CadvisorMetrics, AreOfCgroupsAndInterfaces) {
  const HostUse host;
  const Machine machine{4, 2, 1, 8192, 0};
  const std::vector<PodUse> pods{OnePod()};
  const WrittenById written{{"c1", {512, 3}}};
  const std::string text = CadvisorMetrics({host, machine, pods, written});
  const std::string main =
      "{container=\"main\",id=\"/kubepods/podu1/c1\",image=\"a:1\",name=\"c1\",namespace=\"default\",pod=\"web-0\"";
  const std::string of_pod =
      "{container=\"\",id=\"/kubepods/podu1\",image=\"\",name=\"\",namespace=\"default\",pod=\"web-0\"";
  const std::string sandbox =
      "{container=\"\",id=\"/kubepods/podu1/s1\",image=\"\",name=\"s1\",namespace=\"default\",pod=\"web-0\"";
  const std::string at = std::string(" ") + kAtText;
  for (const std::string& line : {
           "container_cpu_usage_seconds_total" + main + ",cpu=\"total\"} 1.5",
           "container_cpu_usage_seconds_total" + of_pod + ",cpu=\"total\"} 3",
           "container_memory_working_set_bytes" + main + "} 2000",
           "container_memory_usage_bytes" + of_pod + "} 3001",
           "container_threads" + main + "} 3",
           "container_fs_usage_bytes" + main + ",device=\"\"} 512",
           "container_pressure_cpu_waiting_seconds_total" + main + "} 2.5",
           "container_pressure_cpu_stalled_seconds_total" + main + "} 0.5",
           "container_network_receive_bytes_total" + sandbox + ",interface=\"eth0\"} 10",
           "container_network_transmit_packets_dropped_total" + sandbox + ",interface=\"eth0\"} 5",
       }) {
    EXPECT_TRUE(Holds(text, line + at)) << line << "\n" << text;
  }
  EXPECT_TRUE(Holds(text, "machine_cpu_cores 4"));
  const auto families = FamiliesOf(text);
  EXPECT_EQ(families.at("container_memory_rss"), "gauge");
  EXPECT_EQ(families.at("container_memory_failures_total"), "counter");
  EXPECT_FALSE(families.contains("container_cpu_cfs_periods_total")) << "there is no limit";
  EXPECT_FALSE(families.contains("container_pressure_io_waiting_seconds_total")) << "the kernel does not tell";
}

AgentFigures AllFigures() {
  AgentFigures figures;
  figures.node = "node-a";
  figures.desired_pods = 2;
  figures.containers = {{"running", 1}};
  figures.containers_started = {5, 1};
  figures.last_relist = kAt;
  cri::CallCounts calls;
  calls.Note("/runtime.v1.RuntimeService/RunPodSandbox", std::chrono::milliseconds(100), false);
  figures.calls = calls.all();
  figures.requests[{"GET", "metrics"}].took.Observe(std::chrono::milliseconds(3));
  return figures;
}

TEST(AgentMetrics, SayWhatWasCounted) {
  ProcessUse process;
  process.most_files = 1024;
  const std::string text = AgentMetrics(AllFigures(), process, {OnePod(), OnePod()});
  for (const char* line : {
           "kubelet_node_name{node=\"node-a\"} 1",
           "kubelet_running_containers{container_state=\"running\"} 1",
           "kubelet_started_containers_total{container_type=\"container\"} 5",
           "kubelet_started_containers_errors_total{container_type=\"container\"} 1",
           "kubelet_started_pods_total 1",
           "kubelet_runtime_operations_total{operation_type=\"run_podsandbox\"} 1",
           "kubelet_runtime_operations_errors_total{operation_type=\"run_podsandbox\"} 1",
           "kubelet_runtime_operations_duration_seconds_bucket{operation_type=\"run_podsandbox\",le=\"0.078125\"} 0",
           "kubelet_run_podsandbox_duration_seconds_count{runtime_handler=\"\"} 1",
           "kubelet_volume_stats_used_bytes{namespace=\"default\",persistentvolumeclaim=\"data-web-0\"} 40",
           "kubelet_volume_stats_inodes_free{namespace=\"default\",persistentvolumeclaim=\"data-web-0\"} 8",
           "kubelet_container_log_filesystem_used_bytes"
           "{uid=\"u1\",namespace=\"default\",pod=\"web-0\",container=\"main\"} 8192",
           "kubelet_pleg_last_seen_seconds 1767225600",
           "process_max_fds 1024",
       }) {
    EXPECT_TRUE(Holds(text, line)) << line << "\n" << text;
  }
  EXPECT_EQ(text.find("persistentvolumeclaim=\"\""), std::string::npos) << "only claims";
  const std::string claim = "kubelet_volume_stats_used_bytes{";
  EXPECT_EQ(text.find(claim), text.rfind(claim)) << "once, however many pods mount it";
}

/// The patterns of the first column of docs/node-api.md's last table.
std::vector<std::string> NotTold() {
  const std::string text = fakes::ReadFile(std::string(ORDINAL_SOURCE_DIR) + "/docs/node-api.md");
  std::istringstream lines(text.substr(text.find("| not told | why |")));
  std::vector<std::string> patterns;
  for (std::string line; std::getline(lines, line);) {
    const std::string cell = line.substr(0, line.find(" | "));
    for (size_t at = cell.find('`'); at != std::string::npos; at = cell.find('`', at + 1)) {
      const size_t end = cell.find('`', at + 1);
      patterns.push_back(cell.substr(at + 1, end - at - 1));
      at = end;
    }
  }
  return patterns;
}

bool Matches(const std::string& name, const std::string& pattern) {
  return pattern.ends_with('*') ? name.starts_with(pattern.substr(0, pattern.size() - 1)) : name == pattern;
}

TEST(AgentMetrics, EveryNameOfAKubeletIsToldOrTheDocsSayWhyNot) {
  ProcessUse process;
  process.most_files = 1024;
  const auto told = FamiliesOf(AgentMetrics(AllFigures(), process, {OnePod()}));
  const auto patterns = NotTold();
  ASSERT_GT(patterns.size(), 20U);
  std::set<std::string> used;
  std::istringstream names(fakes::ReadFile(std::string(ORDINAL_TEST_DATA) + "/node/kubelet-metric-names.txt"));
  size_t found = 0;
  for (std::string name, type; names >> name >> type;) {
    const auto ours = told.find(name);
    if (ours != told.end()) {
      ++found;
      EXPECT_EQ(ours->second, type) << name;
    }
    bool explained = false;
    for (const std::string& pattern : patterns) {
      if (!Matches(name, pattern)) continue;
      explained = true;
      used.insert(pattern);
    }
    EXPECT_NE(ours != told.end(), explained) << name << " is neither told nor explained, or both";
  }
  EXPECT_GT(found, 30U);
  for (const std::string& pattern : patterns) EXPECT_TRUE(used.contains(pattern)) << pattern << " is no kubelet's";
}

TEST(ProbeMetrics, AreByResult) {
  ProbeFigures probe{"default", "web-0", "u1", "main", "Readiness", 7, 2, 0, Histogram()};
  probe.took.Observe(std::chrono::milliseconds(3));
  const std::string text = ProbeMetrics({probe});
  const std::string labels =
      "{container=\"main\",namespace=\"default\",pod=\"web-0\",pod_uid=\"u1\",probe_type=\"Readiness\"";
  EXPECT_TRUE(Holds(text, "prober_probe_total" + labels + ",result=\"successful\"} 7")) << text;
  EXPECT_TRUE(Holds(text, "prober_probe_total" + labels + ",result=\"failed\"} 2")) << text;
  EXPECT_EQ(text.find("unknown"), std::string::npos);
  EXPECT_TRUE(Holds(text,
                    "prober_probe_duration_seconds_bucket{container=\"main\",namespace=\"default\",pod=\"web-0\","
                    "probe_type=\"Readiness\",le=\"0.005\"} 1"))
      << text;
}

}  // namespace
}  // namespace ordinal::metrics

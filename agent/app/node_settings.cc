#include "agent/app/node_settings.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "agent/app/host.h"
#include "agent/app/node_api_address.h"
#include "agent/node/shutdown/order.h"

namespace ordinal {
namespace {

using api::Json;

/// As Go writes durations of whole seconds: "2m0s".
std::string GoText(std::chrono::seconds time) {
  const int64_t all = time.count(), hours = all / 3600, minutes = all / 60 % 60, seconds = all % 60;
  if (hours > 0) return fmt::format("{}h{}m{}s", hours, minutes, seconds);
  return minutes > 0 ? fmt::format("{}m{}s", minutes, seconds) : fmt::format("{}s", seconds);
}

/// "a<1,b<2" → {"a": "1", "b": "2"}
Json MapOf(std::string_view list, char between) {
  Json map = Json::object();
  while (!list.empty()) {
    const std::string_view item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), item.size() + 1));
    const size_t at = item.find(between);
    if (at != std::string_view::npos) map[std::string(item.substr(0, at))] = item.substr(at + 1);
  }
  return map;
}

void AddEviction(const node::EvictionFlags& flags, Json& out) {
  out["evictionHard"] = MapOf(flags.hard, '<');
  if (!flags.soft.empty()) out["evictionSoft"] = MapOf(flags.soft, '<');
  if (!flags.soft_grace_period.empty()) out["evictionSoftGracePeriod"] = MapOf(flags.soft_grace_period, '=');
  if (!flags.minimum_reclaim.empty()) out["evictionMinimumReclaim"] = MapOf(flags.minimum_reclaim, '=');
  out["evictionPressureTransitionPeriod"] = flags.transition_period;
  out["evictionMaxPodGracePeriod"] = flags.max_pod_grace_period;
}

void AddShutdown(const node::ShutdownFlags& flags, Json& out) {
  if (flags.by_priority.empty()) {
    out["shutdownGracePeriod"] = flags.grace_period;
    out["shutdownGracePeriodCriticalPods"] = flags.critical_pods;
    return;
  }
  const Result<node::ShutdownPolicy> policy = node::ParseShutdownPolicy(flags);
  if (!policy.ok()) return;
  for (const node::ShutdownGroup& group : policy->groups) {
    out["shutdownGracePeriodByPodPriority"].push_back(
        {{"priority", group.priority}, {"shutdownGracePeriodSeconds", group.time.count()}});
  }
}

void AddListening(const std::string& listen, Json& out) {
  out["enableServer"] = !listen.empty();
  if (listen.empty()) return;
  int port = 0;
  const char* end = listen.data() + listen.size();
  std::from_chars(listen.data() + listen.rfind(':') + 1, end, port);
  out["address"] = AddressOf(listen);
  out["port"] = port;
}

void AddImages(const Config& config, Json& out) {
  out["serializeImagePulls"] = config.max_parallel_image_pulls == 1;
  out["maxParallelImagePulls"] = config.max_parallel_image_pulls;
  out["imageGCHighThresholdPercent"] = config.image_gc_high;
  out["imageGCLowThresholdPercent"] = config.image_gc_low;
  out["imageMinimumGCAge"] = GoText(std::chrono::seconds(config.image_minimum_gc_age));
  out["imageMaximumGCAge"] = GoText(std::chrono::seconds(config.image_maximum_gc_age));
}

}  // namespace

Json KubeletConfigOf(const Config& config, bool systemd_cgroup) {
  Json out = Json::object();
  AddListening(NodeApiListen(config), out);
  out["authentication"] = {{"anonymous", {{"enabled", false}}}};
  out["containerRuntimeEndpoint"] = config.runtime_endpoint;
  out["cgroupDriver"] = systemd_cgroup ? "systemd" : "cgroupfs";
  out["clusterDomain"] = config.cluster_domain;
  for (const std::string& listen : config.dns_listen) out["clusterDNS"].push_back(AddressOf(listen));
  out["podCIDR"] = config.pod_cidr;
  out["podLogsDir"] = config.log_dir;
  out["containerLogMaxSize"] = config.container_log_max_size;
  out["containerLogMaxFiles"] = config.container_log_max_files;
  out["failSwapOn"] = false;
  out["memorySwap"] = {{"swapBehavior", config.swap_behavior}};
  out["oomScoreAdj"] = config.oom_score_adj;
  if (config.pod_pids_limit != 0) out["podPidsLimit"] = config.pod_pids_limit;
  if (!config.allowed_unsafe_sysctls.empty()) out["allowedUnsafeSysctls"] = config.allowed_unsafe_sysctls;
  const bool quick = config.restart_backoff == kQuickRestarts;
  out["crashLoopBackOff"] = {{"maxContainerRestartPeriod", quick ? "1m0s" : "5m0s"}};
  AddImages(config, out);
  AddEviction(config.eviction, out);
  AddShutdown(config.shutdown, out);
  return {{"kubeletconfig", std::move(out)}};
}

}  // namespace ordinal

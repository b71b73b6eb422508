#include "agent/app/guard_flags.h"

#include <CLI/CLI.hpp>

#include "agent/node/pressure/threshold.h"
#include "agent/node/shutdown/order.h"

namespace ordinal {
namespace {

constexpr int64_t kDay = 24 * 3600;  // seconds

void AddEvictionFlags(CLI::App& app, node::EvictionFlags& flags) {
  app.add_option("--eviction-hard", flags.hard,
                 "Thresholds below which pods are evicted at once, as memory.available<100Mi,nodefs.available<10%")
      ->take_last()
      ->capture_default_str();
  app.add_option("--eviction-soft", flags.soft,
                 "Thresholds below which pods are evicted after a time, as memory.available<500Mi");
  app.add_option("--eviction-soft-grace-period", flags.soft_grace_period,
                 "That time for each of them, as memory.available=1m30s");
  app.add_option("--eviction-minimum-reclaim", flags.minimum_reclaim,
                 "How much more than the threshold there has to be again, as nodefs.available=1Gi");
  app.add_option("--eviction-pressure-transition-period", flags.transition_period,
                 "How long a condition of pressure stays after its cause was last seen")
      ->capture_default_str();
  app.add_option("--eviction-max-pod-grace-period", flags.max_pod_grace_period,
                 "Seconds at most that a pod has to end when it is evicted for a soft threshold")
      ->check(CLI::Range(int64_t{0}, kDay))
      ->capture_default_str();
}

void AddShutdownFlags(CLI::App& app, node::ShutdownFlags& flags) {
  app.add_option("--shutdown-grace-period", flags.grace_period,
                 "How long a shutdown of the host is delayed for pods to end; 0: it is not")
      ->capture_default_str();
  app.add_option("--shutdown-grace-period-critical-pods", flags.critical_pods,
                 "What of it critical pods get, after all others")
      ->capture_default_str();
  app.add_option("--shutdown-grace-period-by-pod-priority", flags.by_priority,
                 "Instead of both, the time of pods from each priority on, as 100000=10s,10000=60s,0=20s");
}

}  // namespace

void AddGuardFlags(CLI::App& app, Config& config) {
  AddEvictionFlags(app, config.eviction);
  AddShutdownFlags(app, config.shutdown);
  app.add_option("--oom-score-adj", config.oom_score_adj,
                 "How soon the kernel ends this process when memory is short: -1000 (never) to 1000")
      ->check(CLI::Range(-1000, 1000))
      ->capture_default_str();
}

std::string GuardFault(const Config& config) {
  const auto evictions = node::ParseEvictionPolicy(config.eviction);
  if (!evictions.ok()) return evictions.error().message;
  const auto shutdown = node::ParseShutdownPolicy(config.shutdown);
  return shutdown.ok() ? std::string() : shutdown.error().message;
}

}  // namespace ordinal

// What is measured for pressure, and the thresholds of it, in a kubelet's form. Pure. Names, defaults and rules are
// those of pkg/kubelet/eviction (helpers.go, api/types.go).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/clock.h"

namespace ordinal::node {

enum class EvictionSignal {
  kMemoryAvailable,
  kNodefsAvailable,
  kNodefsInodesFree,
  kImagefsAvailable,
  kImagefsInodesFree,
  kPidAvailable,
};

/// "memory.available".
std::string_view NameOf(EvictionSignal signal);

/// The conditions of the node that signals belong to.
enum class Pressure { kMemory, kDisk, kPid };
Pressure PressureOf(EvictionSignal signal);
/// "memory", "ephemeral-storage", "inodes" or "pids": what a pod is said to use too much of.
std::string_view ResourceOf(EvictionSignal signal);

/// Bytes, inodes or processes; a share of what there is when `fraction` is set.
struct Amount {
  int64_t quantity = 0;
  std::optional<double> fraction;  ///< of 1

  int64_t Of(int64_t capacity) const {
    return fraction ? static_cast<int64_t>(static_cast<double>(capacity) * *fraction) : quantity;
  }
};

struct Threshold {
  EvictionSignal signal = EvictionSignal::kMemoryAvailable;
  Amount least;                        ///< there is pressure below it
  Duration grace{0};                   ///< how long it may last before pods are evicted
  bool soft = false;                   ///< pods are given time to end
  std::optional<Amount> reclaim = {};  ///< pressure is over only with so much more than `least`
};

struct EvictionPolicy {
  std::vector<Threshold> thresholds;
  Duration transition = std::chrono::minutes(5);  ///< a condition stays so long after its cause was last seen
  std::chrono::seconds max_pod_grace{0};          ///< of pods evicted for a soft threshold
};

/// As the flags say it; lists are "signal<amount,…" and "signal=amount,…".
struct EvictionFlags {
  std::string hard = "memory.available<100Mi,nodefs.available<10%,nodefs.inodesFree<5%,imagefs.available<15%";
  std::string soft = {}, soft_grace_period = {}, minimum_reclaim = {};
  std::string transition_period = "5m0s";
  int64_t max_pod_grace_period = 0;  ///< seconds
};

/// kInvalid: names the flag, what is wrong with it and what would be right.
Result<EvictionPolicy> ParseEvictionPolicy(const EvictionFlags& flags);

/// "1m30s", "2h", "500ms", "0": Go's time.ParseDuration, without a sign. kInvalid for anything else.
Result<Duration> ParseGoDuration(std::string_view text);

}  // namespace ordinal::node

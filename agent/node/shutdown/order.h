// In which order pods end when the host shuts down, and in how much time. Pure. Groups are a kubelet's
// (pkg/kubelet/nodeshutdown: groupByPriority, migrateConfig); within one, the ordinals of a set end one after another,
// the highest first, sharing what time there is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/api/ref.h"
#include "agent/base/clock.h"
#include "agent/node/shutdown/flags.h"

namespace ordinal::node {

struct ShutdownGroup {
  int64_t priority = 0;  ///< of this and higher, up to the next group's
  std::chrono::seconds time{0};
};

/// Ascending by priority; empty: a shutdown is not waited for.
struct ShutdownPolicy {
  std::vector<ShutdownGroup> groups;

  /// How long the host is asked to wait.
  std::chrono::seconds Total() const;
};

/// kInvalid: names the flag, what is wrong with it and what would be right.
Result<ShutdownPolicy> ParseShutdownPolicy(const ShutdownFlags& flags);

/// Pods that end one after another.
using ShutdownQueue = api::Refs<api::Pod>;

/// For each of the policy's groups, in their order: what ends side by side.
std::vector<std::vector<ShutdownQueue>> ShutdownQueues(const ShutdownPolicy& policy, const api::Refs<api::Pod>& pods);

/// What a pod gets of the time that is left for it and those behind it in its queue: at most its own grace, at least a
/// second.
std::chrono::seconds ShareOfTime(Duration left, size_t waiting, std::chrono::seconds own_grace);

}  // namespace ordinal::node

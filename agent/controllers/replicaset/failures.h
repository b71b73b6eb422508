// The failed pods of a ReplicaSet: how long it waits for its next attempt, and which of them are kept. Pure.
//
// An attempt is what one pass makes; however many of its pods fail, it is one failure of the row (failure_row.h).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "agent/controllers/freed_ports.h"
#include "agent/controllers/replicaset/plan.h"

namespace ordinal::controllers::replicaset {

/// So many failed pods of a set are kept, the newest. The reference's collector keeps 12,500 in the cluster.
inline constexpr size_t kKeptFailed = 10;

/// What is remembered of a set between two passes.
struct Failures {
  std::string set_uid = {};
  FailureRow row = {};
  std::set<std::string> counted = {};  ///< uids of the failed pods that the row has seen
  bool said = false;                   ///< that the set waits, in this row
  HostPorts ports = {};                ///< of its newest failed pod, when it was refused one of them
};

/// The next attempt does not wait.
void EndRow(Failures& known);

/// Counts what failed since the last pass. After a start of the agent the row is made of the pods that were kept.
void CountFailures(const Observed& seen, Failures& known);

/// The failed pods beyond kKeptFailed, the oldest first.
std::vector<DeletePod> SurplusFailed(const api::Refs<api::Pod>& failed);

/// What the set says when it waits.
std::string BackOffMessage(const Observed& seen);

}  // namespace ordinal::controllers::replicaset

// The status of a pod from what the runtime holds: pure. Field order, phases, reasons and conditions follow the
// recorded behaviour in tests/data/podsync.
#pragma once

#include "agent/api/kinds/pod/view.h"
#include "agent/observe/pod_state.h"
#include "agent/podsync/memory.h"

namespace ordinal::podsync {

struct StatusFacts {
  std::vector<std::string> host_ips;
  std::map<std::string, std::string> termination_messages;  ///< by container id
  bool sandbox_expected = false;  ///< the pod was started before: a missing sandbox is not "creating"
};

/// The status to report: valid UTF-8, its texts bounded. Times of unchanged conditions are taken over from
/// `before`; pod.status is not looked at.
api::PodStatus MakePodStatus(const api::Pod& pod, const api::PodStatus& before, const observe::PodState& state,
                             const Memory& memory, const StatusFacts& facts, WallTime now);

}  // namespace ordinal::podsync

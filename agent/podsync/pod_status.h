// The status of a pod from what the runtime holds: pure. Field order, phases, reasons and conditions follow the
// recorded behaviour in tests/data/podsync.
#pragma once

#include "agent/api/kinds/pod/view.h"
#include "agent/observe/pod_state.h"
#include "agent/podsync/allocations.h"
#include "agent/podsync/memory.h"
#include "agent/podsync/probe_targets.h"

namespace ordinal::podsync {

struct StatusFacts {
  std::vector<std::string> host_ips;
  std::map<std::string, std::string> termination_messages;  ///< by container id
  Standings probes = {};                                    ///< what counts of its containers' probes
  bool recursive_read_only = false;                         ///< its handler has such mounts
  bool sandbox_expected = false;                 ///< the pod was started before: a missing sandbox is not "creating"
  Allocation allocated = {};                     ///< what its containers are to have
  std::map<std::string, Portion> actuated = {};  ///< what those that run have, by id, where it is something else
  Amounts pod_has = {};                          ///< what the pod as a whole has of spec.resources
  std::optional<PendingResize> pending = {};     ///< a resize that waits
  bool last = false;                             ///< it is being deleted and nothing of it will run any more
  int64_t resize_generation = 0;                 ///< metadata.generation of the resize that is carried out
};

/// The status to report: valid UTF-8, its texts bounded. Times of unchanged conditions are taken over from
/// `before`; of pod.status the conditions of readiness gates alone are looked at.
api::PodStatus MakePodStatus(const api::Pod& pod, const api::PodStatus& before, const observe::PodState& state,
                             const Memory& memory, const StatusFacts& facts, WallTime now);

}  // namespace ordinal::podsync

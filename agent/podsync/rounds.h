// Rounds: how often all containers of a pod were started again together (restartPolicyRules, RestartAllContainers;
// pkg/kubelet, KEP-5532). Pure.
//
//   round 0:  init ✓  main ✗ 42 ──> all end, the main ones first, then sidecars from the last to the first; no hooks,
//   round 1:  init ✓  main …         no grace. Then everything once more, in the same sandbox. Ephemeral ones run on.
//
// Each container carries its round as an annotation; what is of an earlier round counts as little as what is of an
// earlier sandbox. Nothing else is kept: the end that began a round stays in the runtime until its successor is made,
// so that an agent that comes in between goes on where the one before it was killed.
#pragma once

#include "agent/podsync/memory.h"
#include "agent/podsync/pod_seen.h"
#include "agent/podsync/step.h"

namespace ordinal::podsync {

struct Round {
  uint32_t number = 0;  ///< of what is started now
  /// Whose end began it, while nothing of it was made yet; null: it is under way.
  const cri::Container* begun_by = nullptr;

  /// The container is of an earlier round, and to be ended, or started again.
  bool Before(const cri::Container& container) const;
};

/// A rule of some container may restart them all.
bool MayRestartAll(const api::PodSpec& spec);

/// The round that the pod is in. What was ended for its resources, or because the pod is over, begins none.
Round RoundOf(const api::Pod& pod, const observe::PodState& state, const Memory& memory);

/// `ended` is of an earlier round than `round`, and it was another one's end that began the next: it counts for no
/// backoff.
bool EndedWithItsRound(const cri::Container& ended, uint32_t round, const api::Pod& pod, const observe::PodState& state,
                       const Memory& memory);

/// How what runs of earlier rounds ends: the main containers together, then sidecars one by one.
std::vector<EndContainers> EndsBefore(const Round& round, const api::Pod& pod, const observe::PodState& state);

}  // namespace ordinal::podsync

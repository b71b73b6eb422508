// What a kill in the middle of a pod's end leaves on the host, found again and removed: wiring for the agent and for
// `ordinald down`. Part of the composition root.
//
// Ours is what bears a mark of ours, nothing else:
//
//   a sandbox                label io.ordinal.agent = node name
//   rules, chains, address,  the id of a sandbox whose end was noted (podsync/ending_sandboxes.h), or the name of the
//   network namespace        network whose configuration this agent wrote, and a container that is not there
//   cgroups, logs, links     the uid of a pod that has a directory below <state-dir>/pods
//   portmap's shared chains  <state-dir>/port-chains: they were not there before this agent's first pod
#pragma once

#include <memory>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/layout.h"
#include "agent/podsync/ending_sandboxes.h"

namespace ordinal {

/// `runtime`, with a note of each sandbox that is being stopped.
std::unique_ptr<podsync::EndingSandboxes> WithNotes(std::unique_ptr<cri::Runtime> runtime, BlockingPool& pool,
                                                    const Layout& layout);

/// Whose the CNI configuration may be: where it lies, and this agent's mark.
struct NetworkOwner {
  std::string conf_dir, owner;
};

/// Beside everything else, once after the start: sweeps what was noted; then, of our own network, what two looks,
/// further apart than the making of a sandbox can last, found attached under ids that the runtime never had.
Task<void> SweepHost(podsync::EndingSandboxes& runtime, Clock& clock, BlockingPool& pool, NetworkOwner network);

/// Writes down, once and for all, whether portmap's shared chains were there before us. Blocks.
void NotePortChains(const std::string& note);

/// After the bridge of `network` was removed, which nobody was connected to any more: removes all that is attached to
/// it, and portmap's shared chains if they are ours and unused. Blocks.
Status SweepNetwork(const std::string& network, const std::string& note);

}  // namespace ordinal

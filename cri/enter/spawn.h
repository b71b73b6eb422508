// Starts enter.c in a container.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "agent/base/fd.h"
#include "agent/base/result.h"
#include "cri/enter/process_spec.h"

namespace ordinal::cri {

/// A container as it can be entered: found once, while it runs.
struct Entrance {
  ProcessSpec spec;
  Fd target;                         ///< a pidfd of its first process: refers to nobody else, ever
  std::vector<std::string> cgroups;  ///< files named cgroup.procs
  int stuck = 0;                     ///< commands that were killed and have not ended
};

/// The program that was started: what it says, and what its command writes.
struct Entering {
  Fd ended;   ///< a pidfd of it: it ends with its command, and is a child of the agent's, to be waited for
  Fd report;  ///< records of EnterReport, then an end
  Fd output;  ///< of the command, both streams
  Fd life;    ///< closing it kills the command
};

/// Completes `spec` with what is to be seen of its first process. kNotSupported where only the runtime can make a
/// process of that container, kNotFound when it has ended. Blocks for some hundred microseconds.
Result<Entrance> OpenEntrance(ProcessSpec spec, const std::string& cgroup_root);

/// Does not wait for what it starts; blocks for as long as a process takes to be started from memory.
Result<Entering> Enter(const Entrance& entrance, const std::vector<std::string>& command);

}  // namespace ordinal::cri

// ExitWatch: the kernel tells the end of a container's first process, sooner than the runtime can: its shim, containerd
// and their events need up to a tenth of a second on a busy host.
//
//   /tasks/start (id, pid) ──> pidfd ── ended ──> exit code ──> told
//
// The code is read while the process waits to be taken by its shim (/proc/PID/stat), or from the pidfd afterwards
// (PIDFD_GET_INFO, since Linux 6.15). Where it was taken sooner and the kernel is older nothing is told, and the
// runtime's own event is what there is. Control thread; nothing blocks but a read of /proc/PID/stat.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/base/blocking_pool.h"
#include "agent/base/task.h"

namespace ordinal::observe {

/// The code in a line of /proc/PID/stat, as runtimes count: the process's own, or 128 and the signal that ended it.
/// None: it has not ended, or it is 0 and `believe_zero` does not hold. Pure.
std::optional<int32_t> ExitIn(const std::string& stat, bool believe_zero);

/// A 0 is also what those read who may not trace the process (fs/proc/array.c: do_task_stat), and before Linux 5.17 the
/// code of a first thread that ended before the others. Pure, of what uname(2) calls the release.
bool ZeroIsMeant(const std::string& release, bool may_trace);

/// The same of a process that its parent has taken; none where the kernel does not tell it. Does not block.
std::optional<int32_t> ExitOf(int pidfd);

class ExitWatch {
 public:
  /// `proc` is where processes are looked up for their cgroups, on `pool`: the kernel has one lock for all of them.
  ExitWatch(Executor executor, BlockingPool& pool, std::string proc = "/proc");

  /// Called once for each that has ended, with the exit code.
  void OnExit(std::function<void(const std::string& id, int32_t code)> handler);
  /// The runtime started this container's first process. A process that is not in a cgroup of the container is somebody
  /// else's by now, and not watched. What is watched already is left as it is.
  void Started(const std::string& id, uint32_t pid);

  size_t size() const;  ///< processes that are watched

 private:
  class Watches;
  std::shared_ptr<Watches> watches_;
};

}  // namespace ordinal::observe

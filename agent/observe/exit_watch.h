// ExitWatch: the kernel tells the end of a container's first process, sooner than the runtime can: its shim, containerd
// and their events need up to a tenth of a second on a busy host.
//
//   /tasks/start (id, pid) ──> pidfd ── ended ──> exit code ──> told
//
// The code is read while the process waits to be taken by its shim (/proc/PID/stat, proc(5): since Linux 3.5), or from
// the pidfd afterwards (PIDFD_GET_INFO, since 6.15). Where it was taken sooner and the kernel is older nothing is told,
// and the runtime's own event is what there is. Control thread; nothing blocks but reads in /proc.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "agent/base/task.h"

namespace ordinal::observe {

/// The code in a line of /proc/PID/stat, as runtimes count: the process's own, or 128 and the signal that ended it.
/// None: it has not ended. Pure.
std::optional<int32_t> ExitIn(const std::string& stat);

/// The same of a process that its parent has taken; none where the kernel does not tell it. Does not block.
std::optional<int32_t> ExitOf(int pidfd);

class ExitWatch {
 public:
  /// `proc` is where processes are looked up for their cgroups.
  explicit ExitWatch(Executor executor, std::string proc = "/proc");
  ~ExitWatch();

  /// Called once for each that has ended, with the exit code.
  void OnExit(std::function<void(const std::string& id, int32_t code)> handler) { handler_ = std::move(handler); }
  /// The runtime started this container's first process. A process that is not in a cgroup of the container is somebody
  /// else's by now, and not watched.
  void Started(const std::string& id, uint32_t pid);

  size_t size() const { return watched_.size(); }  ///< processes that are watched

 private:
  struct Watched;
  void Ended(const std::string& id, const std::shared_ptr<Watched>& watched);
  bool Belongs(const std::string& id, uint32_t pid) const;

  const Executor executor_;
  const std::string proc_;
  std::function<void(const std::string&, int32_t)> handler_;
  std::map<std::string, std::shared_ptr<Watched>> watched_;  ///< by id
};

}  // namespace ordinal::observe

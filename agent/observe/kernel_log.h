// KernelLog: the containers in which the kernel killed a process for want of memory.
//
// containerd tells it too, but loses it when the container's end is faster than its look at the cgroup: on cgroup v1
// the shim asks a cgroup that is gone by then. The kernel writes it down before it kills.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/fd.h"
#include "agent/base/task.h"

namespace ordinal::observe {

/// The ids of containers in the path of the cgroup whose process was killed, outermost first (a node may itself be a
/// container); none when the record tells of something else. The form is that of dump_oom_summary() in mm/oom_kill.c,
/// since Linux 5.0: "oom-kill:constraint=…,task_memcg=<path>,task=<name>,…". Pure.
std::vector<std::string> OutOfMemory(std::string_view record);

/// /dev/kmsg, from its oldest record on, so that what was killed while no agent ran is told as well. Null when this
/// process may not read it (CAP_SYSLOG) or there is none. Does not block.
Fd OpenKernelLog();

class KernelLog {
 public:
  /// One read of `log` gives one record, and it never blocks (Documentation/ABI/testing/dev-kmsg).
  KernelLog(const Executor& executor, Fd log);

  /// Called on the control thread with each id.
  void OnOutOfMemory(std::function<void(const std::string& id)> handler) { handler_ = std::move(handler); }
  /// Follows the log until it ends or cannot be read; returns at once when there is none.
  Task<void> Run();

 private:
  bool ReadSome();

  asio::posix::stream_descriptor log_;
  std::function<void(const std::string&)> handler_;
};

}  // namespace ordinal::observe

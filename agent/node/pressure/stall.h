// MemoryStall: told by the kernel at once when processes begin to wait for memory, so that the next look need not be
// waited for. A trigger of /proc/pressure/memory (Documentation/accounting/psi.rst): a fifth of a second in two
// seconds; a window of two seconds needs no capability. Control thread; nothing is polled.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/base/task.h"

namespace ordinal::node {

class MemoryStall {
 public:
  explicit MemoryStall(Executor executor, std::string path = "/proc/pressure/memory");
  ~MemoryStall();

  /// Calls `stalled` at most once in two seconds, for ever. kNotSupported and returns at once where the kernel has no
  /// such figures, or does not let this process set a trigger.
  Task<Status> Follow(std::function<void()> stalled);

 private:
  const Executor executor_;
  const std::string path_;
};

}  // namespace ordinal::node

#include "agent/base/kept_mounts.h"

#include <fcntl.h>
#include <poll.h>

#include "agent/base/kernel_file.h"

namespace ordinal {
namespace {

constexpr size_t kMostBytes = 16 << 20;  // some 100,000 mounts

}  // namespace

/// The kernel tells each change once (proc_pid_mountinfo(5): POLLPRI and POLLERR).
bool KeptMounts::Changed() {
  pollfd asked{file_.get(), POLLPRI, 0};
  return ::poll(&asked, 1, 0) != 0;
}

std::string KeptMounts::Read() {
  const std::lock_guard lock(mutex_);
  if (!file_) {
    file_ = Fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file_) return {};
  } else if (!text_.empty() && !Changed()) {
    return text_;
  }
  text_ = ReadKernelFile(path_, kMostBytes);
  return text_;
}

}  // namespace ordinal

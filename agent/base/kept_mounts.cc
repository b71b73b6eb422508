#include "agent/base/kept_mounts.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace ordinal {
namespace {

constexpr size_t kMostBytes = 16 << 20;  // some 100,000 mounts

/// From its beginning; empty where that fails.
std::string AllOf(int file) {
  std::string text;
  std::array<char, 16 * 1024> part{};
  while (text.size() < kMostBytes) {
    const ssize_t size = ::pread(file, part.data(), part.size(), static_cast<off_t>(text.size()));
    if (size < 0) return {};
    if (size == 0) break;
    text.append(part.data(), static_cast<size_t>(size));
  }
  return text;
}

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
  text_ = AllOf(file_.get());
  return text_;
}

}  // namespace ordinal

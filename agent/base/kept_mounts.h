// KeptMounts: a mountinfo that is read again only when the kernel says that a mount has come or gone. Of a host with
// many pods it is long, and costs the kernel a look at every mount.
#pragma once

#include <mutex>
#include <string>

#include "agent/base/fd.h"

namespace ordinal {

class KeptMounts {
 public:
  /// `path`: /proc/self/mountinfo, or another process's.
  explicit KeptMounts(std::string path) : path_(std::move(path)) {}

  /// Its text as it is now; empty where it cannot be read. Blocks for a moment; any thread.
  std::string Read();

 private:
  bool Changed();

  const std::string path_;
  std::mutex mutex_;
  Fd file_;  ///< tells of changes
  std::string text_;
};

}  // namespace ordinal

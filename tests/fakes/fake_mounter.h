// FakeMounter: a Mounter that only remembers. Mount points and what is bound must exist, as for the real one;
// files written "into" a mount land in the directory below it. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "volumes/mounter.h"

namespace ordinal::fakes {

class FakeMounter final : public volumes::Mounter {
 public:
  struct Mount {
    std::string path;
    std::string source;             ///< "tmpfs", or the path that was bound.
    volumes::TmpfsOptions options;  ///< Of a tmpfs.
  };

  Status MountTmpfs(const std::string& path, const volumes::TmpfsOptions& options) override;
  Status BindMount(int from_fd, const std::string& to) override;
  Status Unmount(const std::string& path) override;
  Result<std::vector<std::string>> ListMounts(const std::string& under) override;

  /// The next call that touches `path` fails with `error`, once.
  void FailNext(const std::string& path, Error error);
  /// What is mounted, oldest first.
  std::vector<Mount> mounts() const;
  /// Every call that changed something, as "tmpfs /path", "bind /from /to", "unmount /path".
  std::vector<std::string> calls() const;

 private:
  Status TakeFailure(const std::string& path);

  mutable std::mutex mutex_;
  std::vector<Mount> mounts_;
  std::vector<std::string> calls_;
  std::map<std::string, Error> failures_;
};

}  // namespace ordinal::fakes

// LinuxMounter: Mounter on mount(2), umount2(2) and /proc. Works in the mount namespace of the calling thread;
// needs CAP_SYS_ADMIN there.
#pragma once

#include "volumes/mounter.h"

namespace ordinal::volumes {

class LinuxMounter final : public Mounter {
 public:
  Status MountTmpfs(const std::string& path, const TmpfsOptions& options) override;
  Status BindMount(int from_fd, const std::string& to) override;
  Status Unmount(const std::string& path) override;
  Result<std::vector<std::string>> ListMounts(const std::string& under) override;
};

}  // namespace ordinal::volumes

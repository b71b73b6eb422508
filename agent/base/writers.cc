#include "agent/base/writers.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include <cerrno>
#include <csignal>

namespace ordinal {

bool RefusesLeasesAtWill(int64_t file_system) {
  switch (static_cast<uint32_t>(file_system)) {
    case NFS_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case CIFS_SUPER_MAGIC:
    case SMB2_SUPER_MAGIC: return true;
    default: return false;
  }
}

Writers WritersOf(int file) {
  // Who opens the file for writing while the lease is held has the kernel tell its holder. By default that is SIGIO,
  // which ends a process that does not expect it; SIGURG is ignored.
  if (::fcntl(file, F_SETSIG, SIGURG) != 0) return Writers::kUnknown;
  if (::fcntl(file, F_SETLEASE, F_RDLCK) != 0) {
    if (errno != EAGAIN) return Writers::kUnknown;
    struct statfs facts {};
    const bool told = ::fstatfs(file, &facts) == 0 && !RefusesLeasesAtWill(facts.f_type);
    return told ? Writers::kSome : Writers::kUnknown;
  }
  ::fcntl(file, F_SETLEASE, F_UNLCK);
  return Writers::kNone;
}

}  // namespace ordinal

#include "agent/base/writers.h"

#include <fcntl.h>

#include <cerrno>
#include <csignal>

namespace ordinal {

Writers WritersOf(int file) {
  // Who opens the file for writing while the lease is held has the kernel tell its holder. By default that is SIGIO,
  // which ends a process that does not expect it; SIGURG is ignored.
  if (::fcntl(file, F_SETSIG, SIGURG) != 0) return Writers::kUnknown;
  if (::fcntl(file, F_SETLEASE, F_RDLCK) != 0) return errno == EAGAIN ? Writers::kSome : Writers::kUnknown;
  ::fcntl(file, F_SETLEASE, F_UNLCK);
  return Writers::kNone;
}

}  // namespace ordinal

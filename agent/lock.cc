#include "agent/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace ordinal {

Status LockRunDirectory(const Config& config) {
  std::error_code code;
  std::filesystem::create_directories(config.run_dir, code);
  const std::string path = config.run_dir + "/ordinald.lock";
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return ErrnoError("open " + path, errno);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    close(fd);
    return MakeError(ErrorCode::kFailedPrecondition, "another ordinald runs with --run-dir " + config.run_dir +
                                                         ": stop it, or give this one other directories");
  }
  return {};  // held until the process ends
}

}  // namespace ordinal

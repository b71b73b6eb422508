#include "agent/app/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <filesystem>

#include "agent/app/directories.h"
#include "agent/base/fd.h"
#include "agent/base/log.h"

namespace ordinal {
namespace {

// The kernel gives a killed process's locks back when the last of its threads has ended, which takes a while when one
// of them waits for a disk.
constexpr auto kTry = std::chrono::milliseconds(20);
constexpr int kTries = 250;

bool Taken(int fd) { return flock(fd, LOCK_EX | LOCK_NB) == 0; }

bool TakenInTime(int fd, const std::string& path) {
  if (Taken(fd)) return true;
  log::Info("waiting up to {} s for {}: another ordinald runs, or is just ending", (kTries * kTry).count() / 1000,
            path);
  boost::asio::io_context io;
  boost::asio::steady_timer timer(io);
  for (int i = 0; i < kTries; ++i) {
    timer.expires_after(kTry);
    timer.wait();
    if (Taken(fd)) return true;
  }
  return false;
}

}  // namespace

Status LockRunDirectory(const Config& config) {
  std::error_code code;
  std::filesystem::create_directories(config.run_dir, code);
  const std::string path = Layout(DirectoriesOf(config)).Lock();
  Fd lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return ErrnoError("open " + path, errno);
  if (!TakenInTime(lock.get(), path)) {
    return MakeError(ErrorCode::kFailedPrecondition, "another ordinald runs with --run-dir " + config.run_dir +
                                                         ": stop it, or give this one other directories");
  }
  lock.Release();  // held until the process ends
  return {};
}

}  // namespace ordinal

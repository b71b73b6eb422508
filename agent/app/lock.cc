#include "agent/app/lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>

#include "agent/app/directories.h"
#include "agent/base/fd.h"
#include "agent/base/kernel_file.h"
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

/// Who has the lock wrote its process id into it: "" where he did not.
std::string Holder(const std::string& path) {
  const std::string text = ReadKernelFile(path, 32);
  const bool number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  return number ? " (process " + text + ")" : "";
}

/// For whoever is told that it runs; nothing else depends on it.
void WriteHolder(int fd) {
  const std::string id = std::to_string(getpid());
  if (ftruncate(fd, 0) == 0 && pwrite(fd, id.data(), id.size(), 0) < 0) log::Info("no process id in the lock file");
}

}  // namespace

Status LockRunDirectory(const Config& config) {
  std::error_code code;
  std::filesystem::create_directories(config.run_dir, code);
  const std::string path = Layout(DirectoriesOf(config)).Lock();
  Fd lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return ErrnoError("open " + path, errno);
  if (!TakenInTime(lock.get(), path)) {
    return MakeError(
        ErrorCode::kFailedPrecondition,
        fmt::format("another ordinald{} runs with --run-dir {}: stop it, or give this one other directories",
                    Holder(path), config.run_dir));
  }
  WriteHolder(lock.get());
  lock.Release();  // held until the process ends
  return {};
}

}  // namespace ordinal

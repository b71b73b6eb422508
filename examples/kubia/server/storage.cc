#include "examples/kubia/server/storage.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "examples/kubia/server/net.h"

namespace kubia {
namespace {

std::string Failed(const char* what, const std::string& path) {
  return std::string("cannot ") + what + " " + path + ": " + std::strerror(errno);
}

bool WriteFile(int fd, std::string_view data) {
  while (!data.empty()) {
    ssize_t count = write(fd, data.data(), data.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    data.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

}  // namespace

std::optional<std::string> Storage::Read() const {
  Fd file(open(Path().c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) return std::nullopt;
  std::string data;
  char chunk[16384];
  ssize_t count = 0;
  while ((count = read(file.get(), chunk, sizeof(chunk))) > 0) data.append(chunk, static_cast<size_t>(count));
  if (count < 0) return std::nullopt;
  return data;
}

// Temporary file, fsync, rename, fsync of the directory: at every moment, and after a crash at any of them, the
// file holds either all of the old content or all of the new.
std::optional<std::string> Storage::Write(const std::string& data) {
  std::lock_guard lock(mutex_);
  std::string temporary = directory_ + "/.kubia.txt.new";
  {
    Fd file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file.ok()) return Failed("create", temporary);
    if (!WriteFile(file.get(), data) || fsync(file.get()) != 0) return Failed("write", temporary);
  }
  if (rename(temporary.c_str(), Path().c_str()) != 0) return Failed("replace", Path());
  Fd directory(open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.ok() || fsync(directory.get()) != 0) return Failed("sync", directory_);
  return std::nullopt;
}

}  // namespace kubia

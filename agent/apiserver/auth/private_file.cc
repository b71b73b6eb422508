#include "agent/apiserver/auth/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace ordinal::apiserver::auth {
namespace {

constexpr mode_t kOwnerOnly = 0600;

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, kOwnerOnly)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Status WriteAll(int fd, const std::string& text, const std::string& path) {
  for (size_t at = 0; at < text.size();) {
    const ssize_t count = ::write(fd, text.data() + at, text.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoError("write " + path, errno);
    at += static_cast<size_t>(count);
  }
  if (::fsync(fd) != 0) return ErrnoError("sync " + path, errno);
  return {};
}

}  // namespace

Status MakePrivateDirectory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return ErrnoError("make directory " + path, errno);
  if (::chmod(path.c_str(), 0700) != 0) return ErrnoError("chmod " + path, errno);
  return {};
}

Status WritePrivateFile(const std::string& path, const std::string& text) {
  const std::string draft = path + ".new";
  ::unlink(draft.c_str());  // one left behind might have another mode, or be a link to somewhere
  {
    const Descriptor file(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (file.get() < 0) return ErrnoError("create " + draft, errno);
    TRYV(WriteAll(file.get(), text, draft));
  }
  if (::rename(draft.c_str(), path.c_str()) != 0) return ErrnoError("rename " + draft, errno);
  const std::string parent = std::filesystem::path(path).parent_path();
  const Descriptor directory(parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY);
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) return ErrnoError("sync " + parent, errno);
  return {};
}

Result<std::optional<std::string>> ReadPrivateFile(const std::string& path) {
  const Descriptor file(path, O_RDONLY);
  if (file.get() < 0 && errno == ENOENT) return std::optional<std::string>();
  if (file.get() < 0) return ErrnoError("open " + path, errno);
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return ErrnoError("look at " + path, errno);
  if ((facts.st_mode & 0077) != 0 && ::fchmod(file.get(), kOwnerOnly) != 0) return ErrnoError("chmod " + path, errno);
  std::string text;
  char buffer[4096];
  while (true) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoError("read " + path, errno);
    if (count == 0) return std::optional<std::string>(std::move(text));
    text.append(buffer, static_cast<size_t>(count));
  }
}

}  // namespace ordinal::apiserver::auth

#include "agent/base/whole_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace ordinal {
namespace {

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags, mode_t mode) : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Status WriteDraft(const std::string& draft, const std::string& text, const WholeFile& how) {
  ::unlink(draft.c_str());  // one left behind might have another mode, or be a link to somewhere
  const Descriptor file(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, how.mode);
  if (file.get() < 0) return ErrnoError("create " + draft, errno);
  for (size_t at = 0; at < text.size();) {
    const ssize_t count = ::write(file.get(), text.data() + at, text.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoError("write " + draft, errno);
    at += static_cast<size_t>(count);
  }
  if (how.durable && ::fsync(file.get()) != 0) return ErrnoError("sync " + draft, errno);
  return {};
}

}  // namespace

Status WriteWhole(const std::string& path, const std::string& text, const WholeFile& how) {
  const std::filesystem::path place(path);
  const std::string directory = place.has_parent_path() ? place.parent_path().string() : ".";
  const std::string draft = how.hidden_draft ? directory + "/." + place.filename().string() + ".new" : path + ".new";
  const Status written = WriteDraft(draft, text, how);
  if (!written.ok()) {
    ::unlink(draft.c_str());  // on a full disk it only takes room
    return written;
  }
  if (::rename(draft.c_str(), path.c_str()) != 0) return ErrnoError("rename " + draft, errno);
  if (!how.durable) return {};
  const Descriptor synced(directory, O_RDONLY | O_DIRECTORY, 0);
  if (synced.get() < 0 || ::fsync(synced.get()) != 0) return ErrnoError("sync " + directory, errno);
  return {};
}

}  // namespace ordinal

#include "agent/base/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "agent/base/fd.h"

namespace ordinal {
namespace {

Status WriteDraft(const std::string& draft, const std::string& text, const WholeFile& how) {
  ::unlink(draft.c_str());  // one left behind might have another mode, or be a link to somewhere
  const Fd file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, how.mode));
  if (!file) return ErrnoError("create " + draft, errno);
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
  const Fd synced(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!synced || ::fsync(synced.get()) != 0) return ErrnoError("sync " + directory, errno);
  return {};
}

Result<std::string> ReadToEnd(int file, const std::string& path, size_t most) {
  std::string text;
  char buffer[4096];
  while (true) {
    const ssize_t count = ::read(file, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoError("read " + path, errno);
    if (count == 0) return text;
    text.append(buffer, static_cast<size_t>(count));
    if (text.size() > most) {
      return MakeError(ErrorCode::kInvalid, path + " has more than " + std::to_string(most) + " bytes");
    }
  }
}

Result<std::optional<std::string>> ReadWhole(const std::string& path, size_t most) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a named pipe must not hold up the thread
  if (!file && errno == ENOENT) return std::optional<std::string>();
  if (!file) return ErrnoError("open " + path, errno);
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return ErrnoError("look at " + path, errno);
  if (!S_ISREG(facts.st_mode)) return MakeError(ErrorCode::kInvalid, path + " is no file with a text in it");
  TRY(std::string text, ReadToEnd(file.get(), path, most));
  return std::optional(std::move(text));
}

}  // namespace ordinal

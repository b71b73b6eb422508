#include "agent/manifests/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>

#include "agent/base/fd.h"
#include "agent/manifests/manifest_file.h"

namespace ordinal::manifests {
namespace {

// A write in progress is not looked at: a file is read when its writer closes it or it is moved into place.
constexpr uint32_t kFileEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE;
constexpr uint32_t kDirectoryEvents = IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
// Its files went with the directory, each without a word: nobody removed them.
constexpr uint32_t kLostEvents = IN_MOVE_SELF | IN_UNMOUNT;
// Far more than the 3 MiB a manifest may have, so that its fault is named by the parser.
constexpr size_t kMostBytes = 4 * 1024 * 1024;

Changes ReadEvents(const char* data, size_t size) {
  Changes changes;
  for (size_t at = 0; at + sizeof(inotify_event) <= size;) {
    const auto* event = reinterpret_cast<const inotify_event*>(data + at);
    at += sizeof(inotify_event) + event->len;
    if ((event->mask & (IN_Q_OVERFLOW | IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)) != 0)
      changes.all = true;
    if ((event->mask & kLostEvents) != 0) changes.lost = true;
    if (event->len == 0 || !IsManifestName(event->name)) continue;
    ((event->mask & IN_CREATE) != 0 ? changes.made : changes.names).insert(event->name);
  }
  return changes;
}

/// Another name for a file that was written already, and what is no file, is made without a write.
bool IsMadeWhole(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && (!S_ISREG(status.st_mode) || status.st_nlink > 1);
}

Result<std::string> ReadAll(int descriptor, const std::string& path) {
  std::string text;
  std::array<char, 16384> buffer;
  while (text.size() < kMostBytes) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count == 0) break;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoError("read " + path, errno);
    text.append(buffer.data(), static_cast<size_t>(count));
  }
  return text;
}

/// What open() failed with: a link whose file is gone is still there itself, and says nothing of what it asks for.
std::optional<Error> OpenError(const std::string& path, int error) {
  if (error != ENOENT) return ErrnoError("open " + path, error);
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) return std::nullopt;
  return MakeError(ErrorCode::kNotFound, "it is a link to a file that is not there; it changes nothing");
}

void ReadOne(const std::string& directory, const std::string& name, Texts& texts) {
  const std::string path = directory + "/" + name;
  // O_NONBLOCK: a named pipe must not hold up the thread.
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) {
    if (auto error = OpenError(path, errno)) texts.emplace(name, std::move(*error));
    return;
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    texts.emplace(name, MakeError(ErrorCode::kInvalid,
                                  "it is no file with a text in it, such as a directory or a pipe; "
                                  "it changes nothing"));
    return;
  }
  texts.emplace(name, ReadAll(file.get(), path));
}

Result<std::set<std::string>> ListManifests(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(directory.c_str()), ::closedir);
  if (stream == nullptr) return ErrnoError("open the directory " + directory, errno);
  std::set<std::string> names;
  while (const dirent* entry = ::readdir(stream.get())) {
    if (IsManifestName(entry->d_name)) names.insert(entry->d_name);
  }
  return names;
}

}  // namespace

void Changes::Add(Changes other) {
  all = all || other.all;
  lost = lost || other.lost;
  names.merge(other.names);
  made.merge(other.made);
}

Status DirectoryEvents::Open(const std::string& directory) {
  std::error_code failed;
  made_ = std::filesystem::create_directories(directory, failed);
  if (failed) return ErrnoError("make the directory " + directory, failed.value());
  const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0) return ErrnoError("start inotify", errno);
  if (::inotify_add_watch(descriptor, directory.c_str(), kFileEvents | kDirectoryEvents) < 0) {
    const int error = errno;
    ::close(descriptor);
    return ErrnoError("watch the directory " + directory, error);
  }
  boost::system::error_code ignored;
  descriptor_.close(ignored);
  descriptor_.assign(descriptor, ignored);
  return {};
}

Task<Result<Changes>> DirectoryEvents::Next() {
  while (true) {
    boost::system::error_code error;
    co_await descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                                    asio::redirect_error(asio::use_awaitable, error));
    if (error)
      co_return MakeError(ErrorCode::kCancelled, "wait for changes of the manifest directory: " + error.message());
    alignas(inotify_event) std::array<char, 16384> buffer;
    const ssize_t size = ::read(descriptor_.native_handle(), buffer.data(), buffer.size());
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (size < 0) co_return ErrnoError("read the changes of the manifest directory", errno);
    Changes changes = ReadEvents(buffer.data(), static_cast<size_t>(size));
    if (!changes.empty()) co_return changes;
  }
}

Result<Texts> ReadManifests(const std::string& directory, const Changes& changes) {
  std::set<std::string> names = changes.names;
  for (const auto& name : changes.made) {
    if (IsMadeWhole(directory + "/" + name)) names.insert(name);
  }
  if (changes.all) {
    TRY(names, ListManifests(directory));
  }
  Texts texts;
  for (const auto& name : names) ReadOne(directory, name, texts);
  return texts;
}

}  // namespace ordinal::manifests

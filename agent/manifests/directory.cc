#include "agent/manifests/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
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
// Far more than the 3 MiB a manifest may have, so that its fault is named by the parser.
constexpr size_t kMostBytes = 4 * 1024 * 1024;

Changes ChangesOf(const DirectoryEvents& events) {
  Changes changes;
  changes.all = events.all;
  changes.lost = events.lost;
  for (const DirectoryEvents::File& file : events.files) {
    if (!IsManifestName(file.name)) continue;
    ((file.what & IN_CREATE) != 0 ? changes.made : changes.names).insert(file.name);
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
  if (!file) {
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

Status WatchedDirectory::Open(const std::string& directory) {
  std::error_code failed;
  made_ = std::filesystem::create_directories(directory, failed);
  if (failed) return ErrnoError("make the directory " + directory, failed.value());
  return watch_.Open(directory, kFileEvents);
}

Task<Result<Changes>> WatchedDirectory::Next() {
  while (true) {
    CO_TRY(const DirectoryEvents events, co_await watch_.Next());
    Changes changes = ChangesOf(events);
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

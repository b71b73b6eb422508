#include "agent/apiserver/streams/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include "agent/apiserver/streams/log_tail.h"
#include "agent/base/fd.h"

namespace ordinal::apiserver::streams {
namespace {

constexpr size_t kRead = 32 << 10;
// Runtimes break lines at 16 KiB; whatever is longer is no log.
constexpr size_t kLongestLine = 1 << 20;

/// The parts of the log at `path` that were rotated away, the oldest first.
std::vector<std::string> RotatedParts(const std::filesystem::path& path) {
  std::vector<std::string> parts;
  const std::string prefix = path.filename().string() + ".";
  std::error_code error;
  std::filesystem::directory_iterator entry(path.parent_path(), error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename();
    if (!name.starts_with(prefix) || name.size() == prefix.size()) continue;
    if (name.find_first_not_of("0123456789-", prefix.size()) == std::string::npos) parts.push_back(entry->path());
  }
  std::sort(parts.begin(), parts.end());
  return parts;
}

/// A pipe put in a log's place must not hold the thread until somebody writes to it: nothing but a file is read.
Fd OpenForReading(const std::string& path) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat facts {};
  if (!file || (::fstat(file.get(), &facts) == 0 && S_ISREG(facts.st_mode))) return file;
  file = Fd();
  errno = EINVAL;
  return file;
}

}  // namespace

Result<std::unique_ptr<LogFile>> LogFile::Open(const std::string& path, const LogOptions& options) {
  std::unique_ptr<LogFile> file(new LogFile(path, options));
  TRYV(file->OpenParts(options));
  return file;
}

Status LogFile::OpenParts(const LogOptions& options) {
  Fd newest = OpenForReading(path_);
  if (!newest) return ErrnoError("open the container's log " + path_, errno);
  parts_.push_back(std::move(newest));
  std::vector<std::string> rotated = RotatedParts(path_);
  LogTail tail(options.tail.value_or(0));
  while (true) {
    if (options.tail) {
      TRY(const std::optional<int64_t> begin, tail.Find(parts_.front().get()));
      if (begin) {
        position_ = *begin;
        break;
      }
    }
    if (rotated.empty()) break;
    Fd older = OpenForReading(rotated.back());
    const bool there(older);  // else it was compressed or removed just now
    if (there) parts_.push_front(std::move(older));
    rotated.pop_back();
    if (!there && options.tail) break;
  }
  return {};
}

/// Reads on in the oldest part; 0 at the end of the newest one.
Result<size_t> LogFile::Fill() {
  while (true) {
    const size_t before = unread_.size();
    unread_.resize(before + kRead);
    const ssize_t got = ::pread(parts_.front().get(), unread_.data() + before, kRead, position_);
    unread_.resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0) return ErrnoError("read the container's log " + path_, errno);
    position_ += got;
    if (got > 0) return static_cast<size_t>(got);
    if (parts_.size() == 1) return size_t{0};
    parts_.pop_front();
    position_ = 0;
  }
}

/// At the end of the newest part: true when there is more, because a rotation put a new file in its place or it was
/// cut short.
bool LogFile::Follow() {
  struct stat mine {
  }, there{};
  if (::fstat(parts_.front().get(), &mine) != 0) return false;
  if (mine.st_size < position_) {
    position_ = 0;
    unread_.clear();
    return mine.st_size > 0;
  }
  if (::stat(path_.c_str(), &there) != 0 || (there.st_ino == mine.st_ino && there.st_dev == mine.st_dev)) return false;
  Fd next = OpenForReading(path_);
  if (!next) return false;
  parts_.push_back(std::move(next));  // what was written to the old one since it was read comes first
  return true;
}

void LogFile::TakeLines(std::string& out) {
  size_t begin = 0;
  for (size_t end = unread_.find('\n'); end != std::string::npos; end = unread_.find('\n', begin)) {
    writer_.Write(std::string_view(unread_).substr(begin, end - begin), out);
    begin = end + 1;
  }
  unread_.erase(0, begin);
  if (unread_.size() > kLongestLine) unread_.clear();
}

Result<std::string> LogFile::Read() {
  std::string out;
  while (out.empty() && !writer_.Full()) {
    TRY(const size_t got, Fill());
    if (got == 0 && !Follow()) break;
    TakeLines(out);
  }
  return out;
}

}  // namespace ordinal::apiserver::streams

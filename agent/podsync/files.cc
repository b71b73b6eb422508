#include "agent/podsync/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <vector>

#include "agent/base/fd.h"
#include "agent/base/log_parts.h"
#include "agent/base/utf8.h"

namespace ordinal::podsync {
namespace {

namespace fs = std::filesystem;

// core/v1: the file's limit, and what FallbackToLogsOnError takes of a log.
constexpr size_t kMaxMessage = 4096;
constexpr size_t kMaxLogMessage = 2048;
constexpr size_t kMaxLogLines = 80;
constexpr int kRemovals = 3;
constexpr size_t kRestOfCharacter = 3;  // more than the limit is read, so that ValidTail() sees where it cuts

Error FromCode(const std::string& what, const std::error_code& code) { return ErrnoError(what, code.value()); }

/// "2026-11-21T23:15:36.1Z stdout F text" → "text\n" (CRI log format; tag P joins the next line).
std::string LogText(const std::string& line) {
  size_t at = 0;
  for (int fields = 0; fields < 3; ++fields) {
    at = line.find(' ', at);
    if (at == std::string::npos) return {};
    ++at;
  }
  const bool partial = at >= 2 && line[at - 2] == 'P';
  return line.substr(at) + (partial ? "" : "\n");
}

/// The end of the file; `flags`: more of open(2)'s.
std::string EndOf(const std::string& path, size_t limit, int flags) {
  // A pipe in the file's place must not hold the thread.
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags));
  struct stat facts {};
  std::string text;
  if (file && fstat(file.get(), &facts) == 0 && S_ISREG(facts.st_mode)) {
    const off_t from = std::max<off_t>(0, facts.st_size - static_cast<off_t>(limit));
    text.resize(static_cast<size_t>(facts.st_size - from));
    const ssize_t got = pread(file.get(), text.data(), text.size(), from);
    text.resize(static_cast<size_t>(std::max<ssize_t>(0, got)));
  }
  return text;
}

/// The last part of `log` that a rotation set aside; empty when there is none, and when it is compressed: the lines of
/// an older one do not come next.
std::string LastPart(const std::string& log) {
  const Result<std::vector<LogPartFile>> parts = LogPartsBeside(log);
  if (!parts.ok()) return {};
  std::string newest, last;
  for (const auto& [path, part] : *parts) {
    if (part.form == LogPartName::Form::kDraft || part.stamp < newest) continue;
    if (part.stamp != newest) last.clear();
    newest = part.stamp;
    if (part.form == LogPartName::Form::kPlain) last = path;
  }
  return last;
}

/// The last kMaxLogLines lines, or fewer that are well over kMaxLogMessage. They may lie before the last rotation.
std::string LogTail(const std::string& log) {
  constexpr size_t kEnough = 4 * kMaxLogMessage + 64 * kMaxLogLines;
  std::string end = EndOf(log, kEnough, O_NOFOLLOW);
  if (end.size() < kEnough) end.insert(0, EndOf(LastPart(log), kEnough - end.size(), O_NOFOLLOW));
  std::istringstream lines(end);
  std::vector<std::string> texts;
  for (std::string line; std::getline(lines, line);) texts.push_back(LogText(line));
  std::string out;
  for (size_t i = texts.size() - std::min(texts.size(), kMaxLogLines); i < texts.size(); ++i) out += texts[i];
  return out;
}

}  // namespace

Status MakeDirectories(const std::string& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) return FromCode("make directory " + path, code);
  return {};
}

Status WriteFile(const std::string& path, const std::string& text, uint32_t mode) {
  const Fd file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, mode));
  if (!file) return ErrnoError("write " + path, errno);
  size_t done = 0;
  int failure = fchmod(file.get(), mode) == 0 ? 0 : errno;
  while (failure == 0 && done < text.size()) {
    const ssize_t written = write(file.get(), text.data() + done, text.size() - done);
    if (written < 0 && errno != EINTR) failure = errno;
    if (written > 0) done += static_cast<size_t>(written);
  }
  if (failure != 0) return ErrnoError("write " + path, failure);
  return {};
}

std::string ReadTail(const std::string& path, size_t limit) { return EndOf(path, limit, 0); }

Status Link(const std::string& target, const std::string& link) {
  std::error_code code;
  fs::create_directories(fs::path(link).parent_path(), code);
  fs::remove(link, code);
  fs::create_symlink(target, link, code);
  if (code) return FromCode("link " + link, code);
  return {};
}

namespace {

/// Links to logs whose targets `ours` says are to go. A directory that is changed while it is read may hide entries, so
/// they are found first.
Status RemoveLinks(const std::string& links, const std::function<bool(const std::string& target)>& ours) {
  std::error_code code;
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(links, code), end; !code && entry != end; entry.increment(code)) {
    std::error_code unread;
    const fs::path target = fs::read_symlink(entry->path(), unread);
    if (!unread && ours(target.string())) found.push_back(entry->path());
  }
  if (code && code != std::errc::no_such_file_or_directory) return FromCode("look for links in " + links, code);
  for (const fs::path& link : found) {
    fs::remove(link, code);
    if (code) return FromCode("remove " + link.string(), code);
  }
  return {};
}

}  // namespace

Status RemoveLogLink(const std::string& path, const std::string& link) {
  std::error_code code;
  if (fs::read_symlink(link, code) != fs::path(path)) return {};
  fs::remove(link, code);
  if (code) return FromCode("remove " + link, code);
  return {};
}

Status RemoveLog(const std::string& path, const std::string& link) {
  // The link goes first: it must not lead nowhere when this is cut off.
  TRYV(RemoveLogLink(path, link));
  TRY(std::vector<LogPartFile> files, LogPartsBeside(path));
  files.push_back({path, {}});
  for (const LogPartFile& file : files) {
    std::error_code code;
    fs::remove(file.path, code);
    if (code) return FromCode("remove " + file.path, code);
  }
  return {};
}

Status RemoveLogsOf(const std::string& uid, const std::string& root, const std::string& links) {
  if (uid.empty()) return {};
  // A link may be left when its directory is gone already.
  TRYV(RemoveLinks(links, [&](const std::string& target) {
    return target.starts_with(root + "/") && target.find("_" + uid + "/", root.size()) != std::string::npos;
  }));
  std::error_code code;
  std::vector<std::string> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(root, code)) {
    if (entry.path().filename().string().ends_with("_" + uid)) found.push_back(entry.path().string());
  }
  for (const std::string& directory : found) {
    // A part that is being compressed may leave a file behind what is removed.
    for (int tries = 0; tries < kRemovals; ++tries) {
      fs::remove_all(directory, code);
      if (code != std::errc::directory_not_empty) break;
    }
    if (code) return FromCode("remove " + directory, code);
  }
  return {};
}

Status RemoveDeadLinks(const std::string& root, const std::string& links) {
  return RemoveLinks(links, [&](const std::string& target) {
    // One whose file alone is gone may be of a log that is rotated just then, somebody else's too.
    std::error_code code;
    return target.starts_with(root + "/") && !fs::exists(fs::path(target).parent_path(), code);
  });
}

std::string TerminationMessage(const std::string& termination_log, const std::string& log, bool fall_back_to_log) {
  const std::string message = ReadTail(termination_log, kMaxMessage + kRestOfCharacter);
  if (message.empty() && fall_back_to_log) return ValidTail(LogTail(log), kMaxLogMessage);
  return ValidTail(message, kMaxMessage);
}

}  // namespace ordinal::podsync

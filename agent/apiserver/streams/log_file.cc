#include "agent/apiserver/streams/log_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "agent/apiserver/streams/log_snapshot.h"

namespace ordinal::apiserver::streams {
namespace {

constexpr size_t kRead = 32 << 10;
constexpr size_t kMostOfAPiece = 1 << 20;  // of what is read, when nothing of it is wanted
// Runtimes break lines at 16 KiB; whatever is longer is no log.
constexpr size_t kLongestLine = 1 << 20;
// Of what begins with a line's time, in nanoseconds: two parts do not begin alike.
constexpr size_t kBeginning = 64;
// File systems tell the time of a write by the kernel's last tick; a line's is from before the write.
constexpr Duration kCoarse = std::chrono::seconds(1);

std::string BeginningOf(LogPart& part) {
  const int64_t position = part.position();
  std::array<char, kBeginning> bytes;
  part.Seek(0);
  const Result<size_t> got = part.Read(bytes);
  part.Seek(position);
  return got.ok() ? std::string(bytes.data(), *got) : std::string();
}

WallTime WrittenAt(const struct stat& facts) {
  return WallTime(std::chrono::seconds(facts.st_mtim.tv_sec) + std::chrono::nanoseconds(facts.st_mtim.tv_nsec));
}

}  // namespace

Result<std::unique_ptr<LogFile>> LogFile::Open(const std::string& path, const LogOptions& options) {
  std::unique_ptr<LogFile> file(new LogFile(path, options));
  TRYV(file->OpenParts());
  if (options.tail) file->tail_.emplace(*options.tail);
  file->at_ = file->parts_.size() - 1;
  return file;
}

Status LogFile::OpenParts() {
  TRY(LogSnapshot log, OpenLog(path_, {}));
  parts_ = std::move(log.parts);
  stamp_ = std::move(log.stamp);
  if (since_) DropOlderThanSince();
  SetAside();
  end_ = parts_.back()->size();
  return {};
}

/// A part whose last line is older has none that is wanted.
void LogFile::DropOlderThanSince() {
  while (parts_.size() > 1 && WrittenAt(parts_.front()->Look()) + kCoarse < *since_) parts_.pop_front();
}

/// After two rotations in a row the runtime may write to both parts yet. A compressed one was closed before.
void LogFile::SetAside() {
  for (size_t part = 0; part + 1 < parts_.size(); ++part) parts_[part]->set_aside = !parts_[part]->compressed();
}

/// A step; done when there is no tail_ any more.
Status LogFile::FindTail() {
  TRY(const LogTail::Found found, tail_->Look(*parts_[at_]));
  if (found == LogTail::Found::kNotYet) return {};
  if (found == LogTail::Found::kOlder && at_ > 0) {
    --at_;
    return {};
  }
  unread_ = tail_->TakeRest();
  parts_.erase(parts_.begin(), parts_.begin() + static_cast<std::ptrdiff_t>(at_));
  tail_.reset();
  return {};
}

/// Reads on in the oldest part; 0 at its end.
Result<size_t> LogFile::Fill(std::string& out) {
  LogPart& part = *parts_.front();
  const bool last = parts_.size() == 1;
  size_t most = kRead;
  if (last && !follow_ && !part.compressed()) {
    most = static_cast<size_t>(std::clamp<int64_t>(end_ - part.position(), 0, static_cast<int64_t>(kRead)));
  }
  const size_t before = unread_.size();
  unread_.resize(before + most);
  const Result<size_t> got = part.Read(std::span<char>(unread_).subspan(before));
  unread_.resize(before + (got.ok() ? *got : 0));
  if (got.ok() || (last && got.error().code != ErrorCode::kInvalid)) return got;
  TakeLines(out);   // whole ones, which the look for the tail has read
  unread_.clear();  // the rest of that line is not there
  writer_.Note(fmt::format("[ordinald: {}: lines are missing here]", got.error().message), out);
  return size_t{0};
}

/// At the end of the oldest part.
LogPiece::Then LogFile::NextPart(std::string& out) {
  LogPart& part = *parts_.front();
  if (parts_.size() == 1) return follow_ && Follow() ? LogPiece::Then::kMore : LogPiece::Then::kEnd;
  if (part.set_aside) return LastWordsOf(part);
  if (!unread_.empty()) writer_.Write(unread_, out);  // a crash of the host cut it off
  unread_.clear();
  parts_.pop_front();
  return LogPiece::Then::kMore;
}

/// It is read to its end once more when nobody writes to it; where that cannot be known, a moment later, but for those
/// before the newest of its kind.
LogPiece::Then LogFile::LastWordsOf(LogPart& part) const {
  const Writers writers = WritersOf(part.fd());
  part.set_aside = writers == Writers::kSome && ++part.moments < kMostMoments;
  const bool guessed = follow_ && parts_.size() == 2;
  const bool wait = writers == Writers::kSome || (writers == Writers::kUnknown && guessed);
  return wait ? LogPiece::Then::kMoment : LogPiece::Then::kMore;
}

/// Whether `other`, by its name a newer part, is the one that was read so far: it was renamed, and maybe compressed.
bool LogFile::IsThatOf(LogPart& other) {
  LogPart& mine = *parts_.front();
  if (mine.SameFile(other)) return true;
  if (mine.compressed() || !other.compressed() || mine.Look().st_nlink > 0) return false;
  const std::string beginning = BeginningOf(mine);
  return !beginning.empty() && beginning == BeginningOf(other);
}

/// At the end of the newest part: true when there is more, because rotations put other files in its place or it was cut
/// short.
bool LogFile::Follow() {
  LogPart& mine = *parts_.front();
  if (!mine.compressed() && mine.Look().st_size < mine.position()) {
    mine.Seek(0);
    unread_.clear();
    return mine.Look().st_size > 0;
  }
  struct stat there {};
  const bool written = ::lstat(path_.c_str(), &there) == 0;
  if (written && there.st_ino == mine.Look().st_ino && there.st_dev == mine.Look().st_dev) return false;
  Result<LogSnapshot> newer = OpenLog(path_, stamp_);
  if (!newer.ok()) return false;
  if (!newer->stamp.empty()) stamp_ = newer->stamp;
  // What was written to the old one since it was read comes first.
  bool more = false;
  for (std::unique_ptr<LogPart>& part : newer->parts) {
    if (IsThatOf(*part)) continue;
    parts_.push_back(std::move(part));
    more = true;
  }
  SetAside();
  return more;
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

Result<LogPiece> LogFile::Read() {
  LogPiece piece;
  if (tail_) {
    TRYV(FindTail());
    return piece;
  }
  if (Full()) piece.then = LogPiece::Then::kEnd;
  for (size_t read = 0; piece.then == LogPiece::Then::kMore && piece.text.empty() && read < kMostOfAPiece;) {
    TRY(const size_t got, Fill(piece.text));
    TakeLines(piece.text);
    if (got == 0) piece.then = NextPart(piece.text);
    read += got;
    if (Full()) piece.then = LogPiece::Then::kEnd;
  }
  return piece;
}

}  // namespace ordinal::apiserver::streams

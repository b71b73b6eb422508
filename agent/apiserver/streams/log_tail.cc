#include "agent/apiserver/streams/log_tail.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "agent/apiserver/streams/log_lines.h"

namespace ordinal::apiserver::streams {
namespace {

constexpr int64_t kBlock = 64 << 10;
constexpr int kBlocks = 16;  // of one look
// More than time, stream and tag take.
constexpr size_t kRecordHead = 96;

/// What is no record of the format stands for itself.
bool EndsALine(std::string_view record) {
  const auto parsed = ParseLogLine(record);
  return !parsed || !parsed->partial;
}

}  // namespace

Result<LogTail::Found> LogTail::Look(LogPart& part) {
  TRY(const Found found, part.compressed() ? LookForwards(part) : LookBackwards(part));
  if (found != Found::kNotYet) {
    backwards_.reset();
    forwards_.reset();
  }
  return found;
}

/// Whether the wanted lines begin behind the record at `record`, which is counted otherwise.
Result<bool> LogTail::BeginsBehind(const LogPart& part, int64_t record) {
  std::array<char, kRecordHead> head;
  const ssize_t got = ::pread(part.fd(), head.data(), head.size(), record);
  if (got < 0) return ErrnoError("read a container's log", errno);
  const std::string_view text(head.data(), static_cast<size_t>(got));
  if (!EndsALine(text.substr(0, text.find('\n'))) && seen_ > 0) return false;  // of the line that was counted last
  if (seen_ == wanted_) return true;
  ++seen_;
  return false;
}

Result<LogTail::Found> LogTail::LookBackwards(LogPart& part) {
  if (!backwards_) backwards_ = Backwards{part.size()};
  std::vector<char> block(kBlock);
  for (int i = 0; i < kBlocks && backwards_->end > 0; ++i) {
    const int64_t begin = std::max<int64_t>(0, backwards_->end - kBlock);
    const ssize_t got = ::pread(part.fd(), block.data(), static_cast<size_t>(backwards_->end - begin), begin);
    if (got < 0) return ErrnoError("read a container's log", errno);
    TRY(const Found found, Block(part, begin, std::string_view(block.data(), static_cast<size_t>(got))));
    if (found == Found::kHere) return found;
    backwards_->end = begin;
  }
  if (backwards_->end > 0) return Found::kNotYet;
  if (backwards_->line_end < 0) return Found::kOlder;
  TRY(const bool here, BeginsBehind(part, 0));
  if (here) part.Seek(backwards_->line_end + 1);
  return here ? Found::kHere : Found::kOlder;
}

Result<LogTail::Found> LogTail::Block(LogPart& part, int64_t begin, std::string_view block) {
  for (auto at = static_cast<int64_t>(block.size()) - 1; at >= 0; --at) {
    if (block[static_cast<size_t>(at)] != '\n') continue;
    if (backwards_->line_end >= 0) {
      TRY(const bool here, BeginsBehind(part, begin + at + 1));
      if (here) part.Seek(backwards_->line_end + 1);
      if (here) return Found::kHere;
    }
    backwards_->line_end = begin + at;
  }
  return Found::kNotYet;
}

Result<LogTail::Found> LogTail::LookForwards(LogPart& part) {
  if (!forwards_) forwards_.emplace();
  Forwards& at = *forwards_;
  std::vector<char> block(kBlock);
  for (int i = 0; i < kBlocks; ++i) {
    if (at.skip && at.lines >= *at.skip) return Found::kHere;
    const Result<size_t> got = part.Read(block);
    if (!got.ok()) continue;  // what can be read counts, and its end comes next
    if (*got == 0) return at.skip ? Found::kHere : Counted(part);
    std::string_view text(block.data(), *got);
    while (!text.empty() && !(at.skip && at.lines >= *at.skip)) {
      const size_t end = text.find('\n');
      const std::string_view piece = text.substr(0, end);
      at.head += piece.substr(0, kRecordHead - std::min(at.head.size(), kRecordHead));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      if (end == std::string_view::npos) continue;
      at.inside = !EndsALine(at.head);
      at.lines += at.inside ? 0 : 1;
      at.head.clear();
    }
    rest_ = at.skip ? text : std::string_view();
  }
  return Found::kNotYet;
}

/// All records of the part were counted. The wanted lines begin in it when it has more than are still missing.
LogTail::Found LogTail::Counted(LogPart& part) {
  part.Seek(0);
  const int64_t lines = forwards_->lines + (forwards_->inside && seen_ == 0 ? 1 : 0);
  const int64_t missing = wanted_ - seen_;
  if (lines <= missing) {
    seen_ += lines;
    return Found::kOlder;
  }
  forwards_.emplace().skip = lines - missing;
  return Found::kNotYet;
}

}  // namespace ordinal::apiserver::streams

// LogFile: the log of one run of a container: its file, and the parts that rotations set aside beside it, plain and
// compressed (base/log_parts.h). The kubelet shows the newest file alone; here all that is kept is shown.
//
//   0.log.A.gz ──> 0.log.B.gz ──> 0.log.C ──> 0.log ──(a rotation)──> 0.log.D ──> 0.log
//       each once, one after another; what is open is read to its end whatever becomes of its name
//
// A file that was set aside is read to its end when the runtime has closed it, and not before: on a busy host that may
// be seconds after the next one was begun. Memory is bounded whatever is read: the longest line, one piece, what zlib
// takes. Everything here blocks: Read() for the time of a piece, Open() until all files are open. It is used on the
// blocking pool, by one call at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "agent/apiserver/streams/log_lines.h"
#include "agent/apiserver/streams/log_part.h"
#include "agent/apiserver/streams/log_tail.h"
#include "agent/base/writers.h"

namespace ordinal::apiserver::streams {

/// What a client gets next.
struct LogPiece {
  enum class Then {
    kMore,    ///< read on
    kMoment,  ///< a rotation has just put a new file in the place of this one, and the runtime has not let go of it:
              ///< read on a moment later
    kEnd,     ///< everything that is there was read; when the log is followed more may come, also in a new file
  };
  std::string text;
  Then then = Then::kMore;
};

/// So many moments, some seconds, whoever has a file open for writing holds up its readers: then it is not the runtime
/// that writes last words.
inline constexpr int kMostMoments = 50;

class LogFile {
 public:
  /// Opens the log at `path` ("…/0.log"), to be read where `options` begin. kNotFound when there is no such log.
  static Result<std::unique_ptr<LogFile>> Open(const std::string& path, const LogOptions& options);

  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// The next piece; it may be empty. A rotated part that cannot be read to its end is told by a line in its place.
  Result<LogPiece> Read();

  /// limitBytes is used up.
  bool Full() const { return writer_.Full(); }

  /// Of the newest file: the runtime keeps it open until the last words of the run that has ended are in it.
  Writers StillWritten() const { return WritersOf(parts_.back()->fd()); }

 private:
  LogFile(std::string path, const LogOptions& options)
      : path_(std::move(path)), since_(options.since), follow_(options.follow), writer_(options) {}

  Status OpenParts();
  void DropOlderThanSince();
  void SetAside();
  Status FindTail();
  Result<size_t> Fill(std::string& out);
  LogPiece::Then NextPart(std::string& out);
  LogPiece::Then LastWordsOf(LogPart& part) const;
  bool Follow();
  bool IsThatOf(LogPart& other);
  void TakeLines(std::string& out);

  const std::string path_;
  const std::optional<WallTime> since_;
  const bool follow_;
  LogWriter writer_;
  std::deque<std::unique_ptr<LogPart>> parts_;  ///< the oldest first; the last is, or was, the one at `path_`
  std::string stamp_;                           ///< of the newest rotation that is known
  int64_t end_ = 0;                             ///< of the last part, when it is not followed
  std::optional<LogTail> tail_;                 ///< while the wanted lines are looked for, in parts_[at_]
  size_t at_ = 0;
  std::string unread_;  ///< the beginning of a line whose end is not there yet
};

}  // namespace ordinal::apiserver::streams

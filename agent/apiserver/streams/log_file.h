// LogFile: the log of one run of a container: its file, and the older parts a log rotation set aside beside it.
//
//   <log-dir>/<ns>_<name>_<uid>/<container>/
//   ├── 0.log                    the run with restart count 0
//   ├── 1.log.20261121-225400    rotated: the earlier part of 1.log (the kubelet's naming)
//   └── 1.log
//
// Parts that were compressed (".gz") are not read. Everything here blocks: it is used on the blocking pool, by one call
// at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "agent/apiserver/streams/log_lines.h"
#include "agent/base/fd.h"

namespace ordinal::apiserver::streams {

class LogFile {
 public:
  /// Opens the log at `path` ("…/0.log") where `options` begin. kNotFound when there is no such file.
  static Result<std::unique_ptr<LogFile>> Open(const std::string& path, const LogOptions& options);

  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// What the client gets next. Empty: everything that is there was read; more may come later, also in a file that a
  /// rotation put in the place of this one.
  Result<std::string> Read();

  /// limitBytes is used up.
  bool Full() const { return writer_.Full(); }

 private:
  LogFile(std::string path, const LogOptions& options) : path_(std::move(path)), writer_(options) {}

  Status OpenParts(const LogOptions& options);
  Result<size_t> Fill();
  bool Follow();
  void TakeLines(std::string& out);

  const std::string path_;
  LogWriter writer_;
  std::deque<Fd> parts_;  ///< open files, the oldest first; the last is, or was, the one at `path_`
  int64_t position_ = 0;  ///< in the first of them
  std::string unread_;    ///< the beginning of a line whose end is not there yet
};

}  // namespace ordinal::apiserver::streams

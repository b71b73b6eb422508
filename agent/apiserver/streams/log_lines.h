// Lines of a container's log file as the runtime writes them, and what a client gets of them. Pure.
//
//   2026-11-21T22:54:00.123456789Z stdout F a whole line
//   2026-11-21T22:54:00.123456789Z stdout P the first part of a long line, of at most 16 KiB
//
// Source: Kubernetes' CRI log format (pkg/kubelet/kuberuntime/logs); the tag may carry more after a ':'.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/apiserver/streams/log_options.h"

namespace ordinal::apiserver::streams {

struct LogLine {
  std::string_view time;  ///< as written
  bool is_stderr = false;
  bool partial = false;   ///< the line goes on in the next one
  std::string_view text;  ///< without the line's end
};

/// `line` without its '\n'; nothing when it is not of the format.
std::optional<LogLine> ParseLogLine(std::string_view line);

/// With exactly nine digits of the second's fraction, as clients get it; the offset is kept.
std::string NineDigits(std::string_view time);

/// Chooses lines and writes them for the client: since, stream, timestamps, limitBytes; parts of a line are joined.
class LogWriter {
 public:
  explicit LogWriter(const LogOptions& options) : options_(options) {}

  /// Adds what the client gets of `line` (without its '\n') to `out`. Lines that are not of the format are passed over:
  /// a crash of the host may have torn one.
  void Write(std::string_view line, std::string& out);

  /// Adds a line of our own to what the client gets.
  void Note(std::string_view text, std::string& out);

  /// limitBytes is used up.
  bool Full() const { return options_.max_bytes && sent_ >= *options_.max_bytes; }

 private:
  bool Wanted(const LogLine& line) const;
  void Count(size_t before, std::string& out);

  const LogOptions options_;
  int64_t sent_ = 0;
  bool inside_[2] = {false, false};  ///< a partial line was last, of stdout and stderr
};

}  // namespace ordinal::apiserver::streams

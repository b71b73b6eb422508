// Finds where the last lines of a log begin. Reads backwards: logs may be large. Blocking.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/base/result.h"

namespace ordinal::apiserver::streams {

/// Counts lines from the end of a log, over one file after another, the newest first. A line that the runtime wrote in
/// several parts counts once; a last line whose end is not written yet does not count.
class LogTail {
 public:
  explicit LogTail(int64_t lines) : wanted_(lines) {}

  /// Where in the file the wanted lines begin; nothing when an older file has to be looked at too.
  Result<std::optional<int64_t>> Find(int fd);

 private:
  Result<bool> BeginsBehind(int fd, int64_t line_start);

  const int64_t wanted_;
  int64_t seen_ = 0;
};

}  // namespace ordinal::apiserver::streams

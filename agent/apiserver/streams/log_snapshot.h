// The files of a log that are there at one moment, opened. A rotation may rename, compress and remove them meanwhile:
// what is open stays as it is. Blocks.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "agent/apiserver/streams/log_part.h"

namespace ordinal::apiserver::streams {

struct LogSnapshot {
  std::deque<std::unique_ptr<LogPart>> parts;  ///< the oldest first
  std::string stamp;                           ///< of the newest rotated one; empty when there is none
  bool written = false;                        ///< the last one is the log itself, and not what it was renamed to
};

/// The log at `path` ("…/0.log") and its rotated parts with a stamp after `after` (base/log_parts.h); each once, though
/// a rotation may be under way. The newest kMostLogParts are taken. kNotFound when there is none; kInvalid when there
/// is something else in the log's place. A part that is no file is passed over; one that cannot be opened is an error.
Result<LogSnapshot> OpenLog(const std::string& path, const std::string& after);

/// --container-log-max-files allows no more; what else may lie there is not held open.
inline constexpr size_t kMostLogParts = 100;

}  // namespace ordinal::apiserver::streams

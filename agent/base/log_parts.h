// The files of one run of a container's log, by their names. Pure, but for LogPartsBeside().
//
//   <container>/
//   ├── 0.log                        what the runtime writes
//   ├── 0.log.20261121-225400        rotated at that moment (UTC): an earlier part, plain
//   ├── 0.log.20261121-224400.gz     an older one, compressed
//   └── 0.log.20261121-224400.tmp    a compression under way, or one that was cut off
//
// Source: Kubernetes pkg/kubelet/logs/container_log_manager.go. By their names parts are in order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/clock.h"

namespace ordinal {

inline constexpr std::string_view kCompressedLog = ".gz";
inline constexpr std::string_view kLogDraft = ".tmp";

/// A file beside a log that belongs to it.
struct LogPartName {
  enum class Form { kPlain, kCompressed, kDraft };
  std::string stamp;  ///< "20261121-225400"
  Form form = Form::kPlain;
};

/// What the file `name` is to the log `log` ("0.log") in the same directory; nothing when it is none of its parts, as
/// the log itself and what bears no moment.
std::optional<LogPartName> ReadLogPart(std::string_view log, std::string_view name);

struct LogPartFile {
  std::string path;
  LogPartName name;
};
/// What lies beside the log at `path` and belongs to it, in no order; nothing where its directory is gone. Blocks.
Result<std::vector<LogPartFile>> LogPartsBeside(const std::string& path);

/// "0.log.20261121-225400", of a stamp.
std::string RotatedLog(std::string_view log, std::string_view stamp);

/// The stamp of a rotation now. Later than `newest`, the last one there is (empty: none), whatever the clock says: by
/// their names parts stay in order.
std::string NextLogStamp(const std::string& newest, WallTime now);

}  // namespace ordinal

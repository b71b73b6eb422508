// The small files a pod needs: /etc/hosts, termination logs, log directories and the links to them. All blocking:
// called through the BlockingPool.
#pragma once

#include <string>

#include "agent/base/result.h"

namespace ordinal::podsync {

/// mkdir -p with mode 0755.
Status MakeDirectories(const std::string& path);
/// Writes `text` to `path` with `mode`, replacing what is there in place (a bind mount keeps seeing it).
Status WriteFile(const std::string& path, const std::string& text, uint32_t mode);
/// At most `limit` bytes from the end of the file, or of the one that it leads to; empty when it does not exist.
std::string ReadTail(const std::string& path, size_t limit);
/// Points the symlink `link` at `target`, replacing an older one.
Status Link(const std::string& target, const std::string& link);
/// Removes the log `path` of one run of a container with its rotated parts, and the link `link` if it leads there.
Status RemoveLog(const std::string& path, const std::string& link);
/// Removes the link `link` if it leads to the log `path`.
Status RemoveLogLink(const std::string& path, const std::string& link);
/// Removes a pod's log directory below `root`, found by its uid, and the links in `links` that point into it.
Status RemoveLogsOf(const std::string& uid, const std::string& root, const std::string& links);
/// Removes links below `links` to logs below `root` whose directories are not there any more. Blocks.
Status RemoveDeadLinks(const std::string& root, const std::string& links);

/// The message of an ended container: its termination log (at most 4096 bytes), or under FallbackToLogsOnError,
/// when that is empty, the last 80 lines or 2048 bytes of its log. Valid UTF-8 whatever the container wrote, and no
/// longer than these limits.
std::string TerminationMessage(const std::string& termination_log, const std::string& log, bool fall_back_to_log);

}  // namespace ordinal::podsync

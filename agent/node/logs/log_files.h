// What the rotation of logs does to files. Blocks: called on the blocking pool.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/result.h"
#include "agent/node/logs/rotation_plan.h"

namespace ordinal::node {

/// Bytes of the log at `path`; nothing when there is none. What is no file (a link, a pipe) has none, ever.
std::optional<int64_t> SizeOfLog(const std::string& path);

/// Plans for the log at `path` and does all of it but to compress. What it returns to be renamed was renamed. When it
/// fails the log is where it was. kNotFound when its directory is gone, or the log when it is due.
Result<RotationPlan> SetLogAside(const std::string& path, bool due, const LogLimits& limits,
                                 const std::set<std::string>& compressing, WallTime now);

/// Renames what was set aside back, unless a new log was begun meanwhile: then both stay, and nothing is lost.
Status PutLogBack(const std::string& path, const std::string& renamed_to);

/// Makes the directory that the log at `path` is written in, when it is gone.
Status MakeLogDirectory(const std::string& path);

/// Makes the link `link` to the log at `path` when it is missing, and the log is not.
Status MakeLogLink(const std::string& path, const std::string& link);

}  // namespace ordinal::node

// Reading /proc/<pid>/mountinfo (Linux: Documentation/filesystems/proc.rst, section 3.5). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ordinal::volumes {

/// The mount points (fifth field, escapes undone) of a mountinfo text that are `under` or below it, in the order
/// of the text, which is the order of mounting within one parent. Lines that are not mountinfo are skipped.
std::vector<std::string> MountPointsUnder(std::string_view mountinfo, std::string_view under);

}  // namespace ordinal::volumes

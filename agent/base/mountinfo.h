// Reading /proc/<pid>/mountinfo (Linux: Documentation/filesystems/proc.rst, section 3.5). Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ordinal {

/// The mount points (fifth field, escapes undone) of a mountinfo text that are `under` or below it, in the order
/// of the text, which is the order of mounting within one parent. Lines that are not mountinfo are skipped.
std::vector<std::string> MountPointsUnder(std::string_view mountinfo, std::string_view under);

/// Which device ("254:0") a path lies on, told by its words alone: no file system is asked, as one may not answer.
/// Symbolic links are not followed.
class MountedDevices {
 public:
  explicit MountedDevices(std::string_view mountinfo);
  /// Empty: no mount point is known above it.
  std::string Of(std::string path) const;

 private:
  std::map<std::string, std::string> by_point_;  // of mounts above each other the last one
};

}  // namespace ordinal

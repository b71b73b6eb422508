// Taking back the directory of a persistent volume that no claim holds any more: reclaim policies Recycle and Delete.
// Who may ask for it is the claims controller's business; what may never be touched is decided here, on the paths that
// are really meant (symlinks of the path resolved). Everything blocks; any thread.
#pragma once

#include <string>
#include <vector>

#include "agent/base/layout.h"
#include "agent/base/result.h"

namespace ordinal::volumes {

/// What of the host is out of reach.
struct ReclaimRules {
  Directories directories{};
  std::vector<std::string> kept{};  ///< further directories that are never touched, nor what is above them
};

struct ReclaimTarget {
  std::string path{};
  bool may_be_missing = true;         ///< a directory that is not there counts as done; else it is kNotFound
  std::vector<std::string> others{};  ///< the directories of all other volumes
};

/// kPermissionDenied, with the cure, when `path` is not to be emptied: "/", a directory of the first level, anything in
/// a system directory, the agent's own directories and all above them. Below <volumes-dir>/<namespace> and
/// <volumes-dir>/_disks everything may. Pure: `path` and the rules are absolute and free of symlinks.
Status CheckReclaimable(const std::string& path, const ReclaimRules& rules);

/// Removes all that is in the directory and keeps the directory, which may be a mount point. Other mounts in it are
/// never entered: kFailedPrecondition, as for a directory that another volume shows too.
Status WipeVolume(const ReclaimTarget& target, const ReclaimRules& rules);

/// The same, and the directory goes too, unless it is a mount point.
Status RemoveVolume(const ReclaimTarget& target, const ReclaimRules& rules);

/// One path is the other, or lies in it.
bool Overlap(const std::string& a, const std::string& b);

}  // namespace ordinal::volumes

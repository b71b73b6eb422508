// fsGroup: giving a volume's files to a group. Blocks for as long as the tree is large; any thread.
#pragma once

#include <sys/types.h>

#include <string>

#include "agent/base/result.h"
#include "volumes/spec.h"

namespace ordinal::volumes {

/// Sets the group of everything at and below `path` to `gid`, adds rw for the group, and x and setgid on
/// directories (Kubernetes: pkg/volume/volume_linux.go, SetVolumeOwnership). Symlinks get the group and are not
/// followed; other mounts inside are left alone. kOnRootMismatch: nothing when the root itself matches already.
Status GiveTreeToGroup(const std::string& path, gid_t gid, FsGroupPolicy policy);

}  // namespace ordinal::volumes

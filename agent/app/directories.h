// The directories of a configuration, as the volumes room names them. Part of the composition root.
#pragma once

#include "agent/app/config.h"
#include "agent/base/layout.h"

namespace ordinal {

inline Directories DirectoriesOf(const Config& config) {
  Directories directories;
  directories.state = config.state_dir;
  directories.volumes = config.volumes_dir;
  directories.run = config.run_dir;
  directories.pod_logs = config.log_dir;
  directories.container_logs = config.container_log_dir;
  return directories;
}

/// How links and files of this agent are marked: an agent removes only its own.
inline std::string OwnerMark(const Config& config) { return "ordinald:" + config.node_name; }

}  // namespace ordinal

// Files of a directory that change together: who looks sees all of the old or all of the new, as with a kubelet
// (Kubernetes: pkg/volume/util/atomic_writer.go).
//
//   <directory>/..files.Xa1b2c/         the files, in directories; another one for each change
//   <directory>/..data -> ..files.Xa1…  replaced by a rename: the moment of the change
//   <directory>/<name> -> ..data/<name> one for each first component of a path
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/result.h"
#include "volumes/spec.h"

namespace ordinal::volumes {

/// Makes `directory`, which is there and belongs to the agent, hold exactly `files`. Does nothing when it does already.
/// What a kill half-way leaves is not seen by anybody, and is removed by the next call. `gid`: owns the files and may
/// read them. Of two files of one path the later one counts. Blocks; one call at a time for a directory.
Status ReplaceFiles(const std::string& directory, const std::vector<ConfigFile>& files, std::optional<int64_t> gid);

/// It did so for `directory` at least once.
bool HasFiles(const std::string& directory);

}  // namespace ordinal::volumes

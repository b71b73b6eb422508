// Rules of volumes: those of a pod, and the sources that pods and persistent volumes share.
#pragma once

#include <set>
#include <string>

#include "agent/api/faults.h"

namespace ordinal::api {

/// spec.volumes at `path`; returns the names of the volumes.
std::set<std::string> ValidateVolumes(const Json& spec, const Path& path, Faults& faults);

/// The content of one source (`kind` "hostPath") at `path`.
void ValidateSource(std::string_view kind, const Json& source, const Path& path, Faults& faults);

}  // namespace ordinal::api

// The hash that tells templates apart in the names of revisions. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "agent/api/object.h"

namespace ordinal::controllers {

/// FNV-1 32 over the data as Go renders it and the collision count, in the alphabet of generated names: what
/// Kubernetes computes for a ControllerRevision (pkg/controller/history/controller_history.go).
std::string RevisionHash(const api::Json& data, int64_t collision_count);

}  // namespace ordinal::controllers

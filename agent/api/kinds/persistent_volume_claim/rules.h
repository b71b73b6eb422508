// Rules of a PersistentVolumeClaimSpec, in a claim or in a StatefulSet's templates.
#pragma once

#include "agent/api/faults.h"

namespace ordinal::api {

void ValidateClaimSpec(const Json& spec, const Path& path, Faults& faults);

/// accessModes of a claim or a volume, at `path`/accessModes: at least one, each known, ReadWriteOncePod alone.
void ValidateAccessModes(const Json& spec, const Path& path, Faults& faults);

}  // namespace ordinal::api

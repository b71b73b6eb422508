// The three-way merge of a changed manifest: what was last applied, what is written now, what is stored.
#pragma once

#include "agent/api/kind.h"

namespace ordinal::manifests {

/// `live` with every field of `wanted` set as written, and every field of `last` that is no longer written taken
/// away. Fields that neither names (defaults, what controllers set) stay. Lists are merged by the schema's merge keys,
/// or replaced as a whole where there is none. `type` is the schema of all three.
api::Json Merge(const api::StructType& type, const api::Json& last, const api::Json& wanted, const api::Json& live);

}  // namespace ordinal::manifests

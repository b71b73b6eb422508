// Three-way merge of a manifest's document into what is stored, as `kubectl apply` does it for objects without merge
// keys: what the manifest says is set, what an earlier version said and this one does not is removed, what others
// wrote (a claimRef, a nodeName, a status) stays. Lists are taken whole. Pure.
#pragma once

#include "agent/api/object.h"

namespace ordinal::manifests {

/// `last` is what was applied before (null: nothing), `wanted` what is applied now, `current` what is stored.
api::Json Merge(const api::Json& last, const api::Json& wanted, api::Json current);

}  // namespace ordinal::manifests

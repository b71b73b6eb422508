// How lists and structures merge, as the reference marks them for clients (x-kubernetes-…): what `kubectl apply` needs
// to compute a patch, and what server-side apply goes by.
#pragma once

#include "agent/api/object.h"
#include "agent/api/schema.h"

namespace ordinal::api::openapi {

/// Adds x-kubernetes-patch-merge-key, -patch-strategy, -list-type, -list-map-keys to the definition of a field.
void MarkMerge(const Field& field, Json& definition);
/// Adds x-kubernetes-map-type to a structure that is replaced as a whole.
void MarkAtomic(const StructType& type, Json& definition);

}  // namespace ordinal::api::openapi

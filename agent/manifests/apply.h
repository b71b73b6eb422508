// Bringing one document of a manifest into the store.
#pragma once

#include <string>

#include "agent/api/decode.h"
#include "agent/store/door.h"

namespace ordinal::manifests {

/// The file an object came from; on every object a manifest made.
inline constexpr char kFileAnnotation[] = "ordinald/manifest-file";
/// The document as it was applied last, for the next merge.
inline constexpr char kLastAppliedAnnotation[] = "ordinald/last-applied";

/// `ordinald/manifest-file` of a stored object, or empty.
std::string FileOf(const api::Object& object);

/// Creates or changes the object of `document`, which came from `file`. kFailedPrecondition while an older object of
/// that name is still going away (also when a pod has to be replaced because its spec changed): try again later.
/// kAlreadyExists when the object belongs to another file or was not made by a manifest.
Task<Status> Apply(store::Door& door, const api::Decoded& document, const std::string& file);

}  // namespace ordinal::manifests

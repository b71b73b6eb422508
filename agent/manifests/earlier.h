// Objects as agents stored them that merged manifests themselves, before they were applied as a field manager: the
// whole document as it was last written stands in an annotation. Such an object is brought into today's form when its
// file changes.
#pragma once

#include <string>

#include "agent/objects/objects.h"

namespace ordinal::manifests {

/// The document that the object was last written from; an empty object when there is none, or when the annotation was
/// copied from another object.
api::Json EarlierDocument(const api::Object& live);

/// Writes the object with the applier who owns what `EarlierDocument` names, and without the annotation.
Task<Status> BringUpToDate(objects::Objects& client, const api::Object& live, api::FieldWriter manager, WallTime now);

}  // namespace ordinal::manifests

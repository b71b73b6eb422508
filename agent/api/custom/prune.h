// Taking out of an object what its schema does not name, and filling in what it leaves out. Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/api/custom/schema.h"

namespace ordinal::api::custom {

/// Takes unknown members out of a whole object; apiVersion, kind and metadata of it, and of objects embedded in it,
/// stay. Returns their paths ("spec.list[0].name").
std::vector<std::string> Prune(const Schema& schema, Json& object);
/// The same of a value that is no object of its own; `embedded` ones in it keep theirs.
std::vector<std::string> PruneValue(const Schema& schema, Json& value);

/// Takes out of objects what is null although its schema, which has no default, does not allow null. Items of lists
/// stay, and so does what no schema speaks of. Metadata of a whole object is left alone.
void DropNulls(const Schema& schema, Json& object);

/// Fills in defaults, also inside of what they bring; a null where none is allowed gives way to a default.
void FillDefaults(const Schema& schema, Json& value);

}  // namespace ordinal::api::custom

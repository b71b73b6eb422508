// CreateOrFind: creates an object, or finds that the one that bears its name already is what was wanted. That a name is
// taken is no success by itself: the object may be somebody else's, another's remains, or on its way out.
#pragma once

#include <functional>
#include <string>

#include "agent/objects/objects.h"

namespace ordinal::objects {

/// What makes the object that bears the name another than the wanted one ("is being deleted"); empty when nothing does.
using Unlike = std::function<std::string(const Object& existing)>;

/// True: created. False: it is there. kAlreadyExists: the name is another's, and the message says why. kConflict: it
/// went while it was looked at; try again. `body` has a name, and a namespace where its kind has one.
Task<Result<bool>> CreateOrFind(Objects& objects, Json body, Unlike unlike);

/// Unfit is one that is being deleted; anything else of that name will do.
std::string UnlessDeleting(const Object& existing);

}  // namespace ordinal::objects

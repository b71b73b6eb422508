// The priority classes that every cluster has from the start (api/kinds/priority_class/view.h).
#pragma once

#include "agent/objects/objects.h"

namespace ordinal::objects {

/// Creates those that are not there. The first error; the others are made all the same.
Task<Status> MakeSystemPriorities(Objects& objects);

}  // namespace ordinal::objects

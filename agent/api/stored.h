// What was stored by an older agent, as today's agent would have stored it: with the defaults that its kind has gained
// since. Without them an update that touches nothing of the kind would be taken for a change of those fields, and be
// refused, or replace pods.
#pragma once

#include "agent/api/object.h"

namespace ordinal::api {

/// `body` with every default of its kind filled in; a ControllerRevision's template as its set's. A document that is
/// not of a known kind, another version or not of its kind's shape is left as it is. Completing twice changes nothing.
Json Completed(Json body);

}  // namespace ordinal::api

// Access: what a request asks to do, in the words access rules use, and whether its caller may. Pure.
#pragma once

#include <optional>

#include "agent/apiserver/auth/authorizer.h"
#include "agent/apiserver/http/message.h"

namespace ordinal::apiserver {

/// /api/v1/… and /apis/<group>/<version>/… name resources, whoever serves them; every other path is itself. exec,
/// attach, portforward and proxy count as "create" for whatever method: all of them give a shell, or its like.
auth::Attributes AttributesOf(const Request& request);

/// The answer to a caller who may not: 403, as the reference words it. Nothing when the caller may.
std::optional<Response> Refusal(const Request& request);

}  // namespace ordinal::apiserver

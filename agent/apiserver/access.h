// Access: what a request asks to do, in the words access rules use, and whether its caller may. Pure.
#pragma once

#include <optional>

#include "agent/apiserver/auth/authorizer.h"
#include "agent/http/message.h"

namespace ordinal::apiserver {

/// /api/v1/… and /apis/<group>/<version>/… name resources, whoever serves them; every other path is itself. exec,
/// attach, portforward and proxy count as "create" for whatever method: all of them give a shell, or its like.
auth::Attributes AttributesOf(const http::Request& request);

/// The answer to a caller who may not: 403, as the reference words it; 501 to one who wants to act as another. Nothing
/// when the caller may.
std::optional<http::Response> Refusal(const http::Request& request);

}  // namespace ordinal::apiserver

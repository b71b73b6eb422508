// Access: what a request asks to do, in the words access rules use, and whether its caller may.
#pragma once

#include <optional>

#include "agent/apiserver/auth/authorizer.h"
#include "agent/http/message.h"

namespace ordinal::apiserver {

/// /api/v1/… and /apis/<group>/<version>/… name resources, whoever serves them; every other path is itself. exec,
/// attach and portforward count as "create" for whatever method: all of them give a shell, or its like. A list or watch
/// of a kind that is stored here, with a field selector that names one object, is one of that name.
auth::Attributes AttributesOf(const http::Request& request);

/// The answer to a caller who may not: 403, as the reference words it. Nothing when the caller may; the request is then
/// that of the user whom it wants to act as, if any. 503 with Retry-After at the start of the agent, as long as roles
/// are not read and the answer could depend on them. HTTP thread; does not block.
std::optional<http::Response> Refusal(const auth::Authorizer& access, http::Request& request);

}  // namespace ordinal::apiserver

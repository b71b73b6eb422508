// Acting as another user: Impersonate-User, -Group, -Uid, -Extra-KEY
// (apiserver/pkg/endpoints/filters/impersonation.go). Each of what the headers name needs the right to the verb
// "impersonate" of it.
#pragma once

#include <optional>

#include "agent/apiserver/auth/authorizer.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::auth {

/// Makes the request the other user's, and takes the headers off it. The answer where that may not be: 403; 500 in the
/// reference's words for one that names groups, a uid or extra fields and no user. Any thread.
std::optional<http::Response> Impersonate(const Authorizer& access, http::Request& request);

}  // namespace ordinal::apiserver::auth

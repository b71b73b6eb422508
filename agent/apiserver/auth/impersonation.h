// Acting as another user (Impersonate-User, -Group, -Uid, -Extra-KEY), which is not supported: how it is refused. Pure.
#pragma once

#include <optional>

#include "agent/http/message.h"

namespace ordinal::apiserver::auth {

/// 501 for a request that wants to be another user's; 500 in the reference's words for one that names groups, a uid or
/// extra fields and no user (apiserver/pkg/endpoints/filters/impersonation.go). Nothing for all others.
std::optional<http::Response> RefuseImpersonation(const http::Request& request);

}  // namespace ordinal::apiserver::auth

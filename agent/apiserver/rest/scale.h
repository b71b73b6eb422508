// The subresource scale: autoscaling/v1 Scale of whatever has spec.replicas (recorded: golden/04-api/errors/29).
#pragma once

#include "agent/apiserver/rest/call.h"

namespace ordinal::apiserver::rest {

Task<Result<http::Response>> GetScale(Call& call);
/// PUT or PATCH of the Scale: writes spec.replicas of the object.
Task<Result<http::Response>> WriteScale(Call& call, std::string_view verb);

}  // namespace ordinal::apiserver::rest

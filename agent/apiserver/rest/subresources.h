// What hangs below an object: status, scale, binding, eviction, token, finalize. Those that other parts serve (log,
// exec …) are in Routes; those that nobody serves yet are answered 501.
#pragma once

#include "agent/apiserver/rest/call.h"

namespace ordinal::apiserver::rest {

Task<Result<http::Response>> OnSubresource(Call& call, std::string_view verb);

}  // namespace ordinal::apiserver::rest

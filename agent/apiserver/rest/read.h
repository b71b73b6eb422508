// get and list. Watches are in ../watch.
#pragma once

#include "agent/apiserver/rest/call.h"

namespace ordinal::apiserver::rest {

Task<Result<http::Response>> Get(Call& call);

/// limit and continue, selectors, resourceVersion and resourceVersionMatch. A continue token is bound to the revision
/// of its list's first page; when the store no longer knows it, the answer is 410 with a token for going on without.
Task<Result<http::Response>> List(Call& call);

}  // namespace ordinal::apiserver::rest

// The watch request: from its query parameters to a stream.
#pragma once

#include <memory>

#include "agent/apiserver/rest/call.h"
#include "agent/apiserver/watch/common.h"

namespace ordinal::apiserver::watch {

/// Starts the watch that `call` asks for. A resourceVersion that is no longer kept is answered 200 with one ERROR event
/// (recorded: golden/04-api/errors/42), as a watch that falls behind ends.
Task<Result<http::Response>> Start(rest::Call& call, std::shared_ptr<Common> common);

}  // namespace ordinal::apiserver::watch

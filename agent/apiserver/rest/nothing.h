// The answer for a path that leads to nothing: by what is missing there.
#pragma once

#include <string>
#include <vector>

#include "agent/http/message.h"

namespace ordinal::apiserver::rest {

/// 404. Below a group and version that are served: a Status, "the server could not find the requested resource";
/// elsewhere nobody answers for the path, and the text is plain: "404 page not found" (golden/04-api/errors 02, 03).
http::Response NothingAt(const std::vector<std::string>& segments);

}  // namespace ordinal::apiserver::rest

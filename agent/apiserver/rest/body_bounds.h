// The bodies of requests while they come: JSON beyond the bounds of all documents (agent/api/text/bounds.h) is refused
// at the byte that is too much. Pure; any thread.
#pragma once

#include <memory>

#include "agent/http/settings.h"

namespace ordinal::apiserver::rest {

/// The check of documents and patches; null for other bodies, which are the handlers' affair, or nobody's.
std::unique_ptr<http::BodyCheck> CheckBody(const http::Request& request);

}  // namespace ordinal::apiserver::rest

// Documents that take long to read are read before their handler is asked, on a thread that nobody waits for. Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/api/object.h"
#include "agent/apiserver/rest/content.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::rest {

/// Large bodies, and those in YAML or protobuf, whose readers are slow.
bool TakesLong(const http::Request& request);

/// Fills request.prepared. A body in protobuf becomes JSON: handlers know no protobuf.
void ReadAhead(http::Request& request);

/// Why a body that was read ahead cannot be read; null: it can, or nobody has tried.
const Error* Unreadable(const http::Request& request);

/// ParseBody of the request's body, which may have been read ahead. Such a document is handed out once.
Result<api::Json> DocumentOf(const http::Request& request, std::string_view content_type, Repeats& repeats);

}  // namespace ordinal::apiserver::rest

// Documents that take long to read are read before their handler is asked, on a thread that nobody waits for. Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/api/object.h"
#include "agent/apiserver/http/message.h"
#include "agent/apiserver/rest/content.h"

namespace ordinal::apiserver {

/// What became of a request's body: what ParseBody gave.
struct ReadBody {
  std::optional<Result<api::Json>> document;
  rest::Repeats repeats;
};

namespace rest {

/// Large bodies, and those in YAML or protobuf, whose readers are slow.
bool TakesLong(const Request& request);

/// Fills request.read. A body in protobuf becomes JSON: handlers know no protobuf.
void ReadAhead(Request& request);

/// ParseBody of the request's body, which may have been read ahead. Such a document is handed out once.
Result<api::Json> DocumentOf(const Request& request, std::string_view content_type, Repeats& repeats);

}  // namespace rest
}  // namespace ordinal::apiserver

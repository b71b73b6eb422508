// The text of an answer, as a client gets it. HTTP thread.
#pragma once

#include <string>

#include "agent/http/message.h"
#include "agent/http/shared.h"

namespace ordinal::http {

/// The text of the response's body, made now if it is made late; as it is.
Result<std::string> MakeText(Response& response);

/// The text of the response's body, made now if it is made late, compressed if it is large and the client takes that;
/// headers say so. One that could not be made is an answer of its own (500), which the log explains.
std::string TextOf(Shared& shared, const Request& request, Response& response);

}  // namespace ordinal::http

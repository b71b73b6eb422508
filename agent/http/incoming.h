// A request as it came, in either version of HTTP, before anybody knows who sent it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "agent/http/message.h"

namespace ordinal::http {

struct Incoming {
  /// Without its user; Authorization is taken out. HEAD reads as GET. Nobody changes it once a handler has it.
  std::shared_ptr<Request> request = std::make_shared<Request>();
  std::string bearer;       ///< the token of its Authorization header, or of a WebSocket's subprotocols (bearer.h)
  bool keep_alive = false;  ///< the client may send another request
  bool chunks = true;       ///< HTTP/1.1: an answer may come in chunks
};

/// Method and target of the request. kInvalid: the target is none.
Status TakeLine(Incoming& incoming, std::string_view method, std::string_view target);

/// One field of its header.
void TakeField(Incoming& incoming, std::string_view name, std::string_view value);

/// After all fields: what only their whole says.
void TakeLast(Incoming& incoming);

}  // namespace ordinal::http

// The upgrade a client asks for. Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/http/message.h"

namespace ordinal::apiserver::streams {

enum class Protocol { kNone, kSpdy, kWebSocket };

/// By the header Upgrade: "SPDY/3.1" or "websocket", in any case.
Protocol UpgradeOf(const http::Request& request);

/// All subprotocols of the headers Sec-WebSocket-Protocol, in the client's order.
std::vector<std::string> SubprotocolsOf(const http::Request& request);

}  // namespace ordinal::apiserver::streams

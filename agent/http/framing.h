// What Beast's parser lets pass and RFC 9112 forbids: requests of which two readers could make different things. Pure.
#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <optional>
#include <string_view>

#include "agent/http/message.h"

namespace ordinal::http {

using RequestHead = boost::beast::http::header<true, boost::beast::http::fields>;

/// 400: no Host or several (3.2), Transfer-Encoding with Content-Length or in HTTP/1.0 (6.1), "chunked" that is not
/// last (6.3); 417: an expectation that is none; 501: a transfer coding that is not known.
std::optional<Refusal> CheckFraming(const RequestHead& head);

/// Whether it is the name or address of a host, with or without a port.
bool IsHost(std::string_view host);

}  // namespace ordinal::http

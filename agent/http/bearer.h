// Bearer tokens that a browser can send: of a WebSocket's handshake it sets no header but the subprotocols
// (k8s.io/apiserver/pkg/authentication/request/websocket/protocol.go). Pure.
//
//   Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.<token, base64url without padding>, binary.k8s.io
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/http/message.h"

namespace ordinal::http {

/// Takes the token out of the request's subprotocols. Empty: there is none, or the request asks for no WebSocket. One
/// that is written wrongly, stands there twice or alone (one has to be left to be chosen) reads as " ", a token that
/// nobody accepts.
std::string TakeSubprotocolBearer(Request& request);

/// RFC 4648 5, without padding. Nothing for what is none.
std::optional<std::string> DecodeBase64Url(std::string_view text);

/// The words of a header's list with commas, "keep-alive, Upgrade": trimmed, without empty ones. Views of `list`.
std::vector<std::string_view> WordsOf(std::string_view list);

/// Whether `list`, "keep-alive, Upgrade", has `word`, which is in lower case.
bool ListHas(std::string_view list, std::string_view word);

/// Whether the request asks for another protocol: by its headers Upgrade and Connection.
bool AsksForUpgrade(const Request& request);

/// Whether the request asks for a WebSocket: by its headers Upgrade and Connection.
bool AsksForWebSocket(const Request& request);

}  // namespace ordinal::http

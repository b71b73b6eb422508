// WebSocket: the server's side of a connection after its handshake (RFC 6455). Frames are Boost.Beast's: pings are
// answered while somebody reads, a goodbye is answered at once. HTTP thread only; one coroutine reads, one writes.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "agent/http/message.h"
#include "agent/http/wire.h"

namespace ordinal::http {

class WebSocket {
 public:
  /// `wire` outlives it.
  explicit WebSocket(Wire& wire);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  /// Answers the handshake of `request`, choosing `protocol` (empty: none). Where the handshake is wrong (no key,
  /// another version) the client is answered 400 and this fails.
  Task<Status> Accept(const Request& request, std::string protocol);

  struct Piece {
    std::string bytes;
    bool begins = true, ends = true;  ///< whether a message does with it
  };
  /// The next bytes of the messages that come, at most 32 KiB. An error: the client has ended, or is gone.
  Task<Result<Piece>> Read();
  /// A message, whole. A client that takes nothing for a minute is gone.
  Task<Status> Write(std::string_view message, bool text);
  /// Says goodbye (1000), waits a moment for the client's, and ends the connection.
  Task<void> Close();

 private:
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

}  // namespace ordinal::http

// Relay: hands a request to another HTTP server. When that switches protocols (101), bytes pass both ways until both
// sides have ended, or one says nothing more to the other's end; it looks at none of them, so SPDY/3.1 and WebSocket
// pass alike.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "agent/base/signal.h"
#include "agent/http/deadline.h"
#include "agent/http/message.h"
#include "agent/http/upstream.h"
#include "agent/http/wire.h"

namespace ordinal::http {

class Relay {
 public:
  /// HTTP thread; both outlive it. `failure` words what it answers when there is no upstream. Once the client has ended
  /// its half, the upstream may be silent for `after_half`: one that has left altogether looks the same.
  Relay(Wire& wire, const Failure& failure, Duration after_half);

  /// Sends the request. Nothing: the connection was switched, used and is over. A response: the upstream's own (or 502,
  /// when there is none), for the client to get as any other.
  Task<std::optional<Response>> Run(const Request& request, const Proxy& proxy);
  /// Ends it soon.
  void Abort();

 private:
  Task<void> PassBoth(std::string first_to_client, std::string first_to_upstream);
  Task<void> ClientToUpstream(std::string first);
  Task<void> UpstreamToClient(std::string first);

  Wire& wire_;
  const Failure& failure_;
  const Duration after_half_;
  Upstream upstream_;
  std::optional<Deadline> silence_;  ///< from the client's end on: until the upstream's next bytes
  Signal other_way_done_;
  std::array<char, 32 * 1024> up_;
  std::array<char, 32 * 1024> down_;
};

}  // namespace ordinal::http

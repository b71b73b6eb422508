// Relay: hands a request to a plain HTTP server on this host. When that switches protocols (101), bytes pass both ways
// until both sides have ended; it looks at none of them, so SPDY/3.1 and WebSocket pass alike.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string>

#include "agent/base/signal.h"
#include "agent/http/message.h"
#include "agent/http/wire.h"

namespace ordinal::http {

struct RelayTarget {
  asio::ip::tcp::endpoint endpoint;
  std::string authority;  ///< for Host: "127.0.0.1:40113"
  std::string target;     ///< "/exec/yXo2"
};

/// Reads "http://ADDRESS[:PORT]/PATH"; the address is a number or "localhost": no names are looked up here.
Result<RelayTarget> ParseRelayUrl(const std::string& url);

/// The head of the request as the upstream gets it: no Authorization, no Impersonate-*, Host and target replaced, and
/// the headers `proxy` sets.
std::string UpstreamHead(const Request& request, const Proxy& proxy, const RelayTarget& to);

class Relay {
 public:
  /// HTTP thread; both outlive it. `failure` words what it answers when there is no upstream.
  Relay(Wire& wire, const Failure& failure);

  /// Sends the request. Nothing: the connection was switched, used and is over. A response: the upstream's own (or 502,
  /// when there is none), for the client to get as any other.
  Task<std::optional<Response>> Run(const Request& request, const Proxy& proxy);
  /// Ends it soon.
  void Abort();

 private:
  Task<Status> Send(const Request& request, const Proxy& proxy);
  Task<void> PassBoth(std::string first_to_client, std::string first_to_upstream);
  Task<void> ClientToUpstream(std::string first);
  Task<void> UpstreamToClient(std::string first);

  Wire& wire_;
  const Failure& failure_;
  Socket upstream_;
  Alarm alarm_{upstream_};
  Signal other_way_done_;
  std::array<char, 32 * 1024> up_;
  std::array<char, 32 * 1024> down_;
};

}  // namespace ordinal::http

// Bridges from a client's WebSocket to the runtime's streaming server, which speaks SPDY/3.1 (KEP 4006). HTTP thread.
//
//   kubectl ══ v5.channel.k8s.io ═══════════ ChannelBridge ══ SPDY/3.1, v4.channel.k8s.io ══════ runtime
//   kubectl ══ SPDY/3.1+portforward.k8s.io ═ TunnelBridge ═══ SPDY/3.1, portforward.k8s.io ═════ runtime
//
// The runtime is asked first: what it refuses is refused with its own answer, before the client's handshake.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "agent/base/signal.h"
#include "agent/http/message.h"
#include "agent/http/upstream.h"
#include "agent/http/websocket.h"

namespace ordinal::apiserver::streams {

inline constexpr char kTunnel[] = "SPDY/3.1+portforward.k8s.io";

class Bridge : public http::Takeover {
 public:
  Task<std::optional<http::Response>> Run(http::Wire& wire, const http::Request& request,
                                          const http::Failure& failure) override;
  void Abort() override;

 protected:
  struct Terms {
    std::string url;            ///< of the runtime
    std::string subprotocol;    ///< chosen, of the WebSocket
    std::string spdy_protocol;  ///< X-Stream-Protocol-Version
  };
  explicit Bridge(Terms terms) : terms_(std::move(terms)) {}

  /// Both sides are connected: what is said first.
  virtual Task<Status> Begin() = 0;
  virtual Task<Status> FromClient(http::WebSocket::Piece piece) = 0;
  virtual Task<Status> FromRuntime(std::string_view bytes) = 0;
  /// It is over: nobody waits for anything any more.
  virtual void Release() {}
  /// The runtime has ended; the client still listens.
  virtual Task<void> End() = 0;

  /// One after another, whoever calls.
  Task<Status> ToRuntime(std::string bytes);
  http::WebSocket& client() { return *client_; }
  const Executor& executor() const { return *executor_; }
  bool over() const { return over_; }

 private:
  Task<void> ReadClient();
  Task<void> ReadRuntime(std::string first);

  const Terms terms_;
  std::optional<Executor> executor_;
  std::optional<http::Upstream> runtime_;
  std::optional<http::WebSocket> client_;
  std::optional<Signal> client_done_, turn_;
  bool writing_ = false;
  bool over_ = false;  ///< one of the two has ended
  bool aborted_ = false;
  std::array<char, 32 * 1024> read_;
};

/// portforward: the messages are SPDY's bytes themselves.
class TunnelBridge final : public Bridge {
 public:
  explicit TunnelBridge(std::string url);

 private:
  Task<Status> Begin() override;
  Task<Status> FromClient(http::WebSocket::Piece piece) override;
  Task<Status> FromRuntime(std::string_view bytes) override;
  Task<void> End() override;
};

}  // namespace ordinal::apiserver::streams

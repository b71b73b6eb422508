// Upstream: a connection to another HTTP/1.1 server, plain or under TLS, with a limit of time on each step. Used on the
// thread of its executor; nothing here blocks.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "agent/http/deadline.h"
#include "agent/http/message.h"
#include "agent/http/transport.h"

namespace ordinal::http {

struct RelayTarget {
  asio::ip::tcp::endpoint endpoint;
  std::string authority;  ///< for Host: "127.0.0.1:40113"
  std::string target;     ///< "/exec/yXo2"
  bool tls = false;
};

/// Reads "http[s]://ADDRESS[:PORT]/PATH"; the address is a number or "localhost": no names are looked up here.
Result<RelayTarget> ParseRelayUrl(const std::string& url);

/// The head of the request as the upstream gets it: no Authorization, no Impersonate-*, Host and target replaced, and
/// the headers `proxy` sets.
std::string UpstreamHead(const Request& request, const Proxy& proxy, const RelayTarget& to);

class Upstream {
 public:
  explicit Upstream(const Executor& executor);

  /// Connects, with the handshake of TLS where it is wanted, whatever certificate is shown. kUnavailable: "dial tcp
  /// 10.244.0.5:80: connect: connection refused".
  Task<Status> Connect(RelayTarget to, Duration limit);
  /// Writes all of `bytes`; `stall` is the longest time in which nothing is taken.
  Task<Status> Write(std::string_view bytes, std::optional<Duration> stall);
  /// What there is, at most what `into` takes; 0: it has ended. No limit: waits for ever.
  Task<Result<size_t>> ReadSome(asio::mutable_buffer into, std::optional<Duration> limit);
  /// It gets no more bytes, and may still send some, unless it speaks TLS.
  void EndWriting();
  /// Ends everything that waits here, now and later.
  void Abort();

  /// After Connect() was called.
  Transport& transport() { return opened_->transport; }
  Alarm& alarm() { return opened_->alarm; }

 private:
  struct Opened {
    Opened(Socket socket, std::shared_ptr<asio::ssl::context> context)
        : transport(std::move(socket), std::move(context)), alarm(transport.socket()) {}
    Transport transport;
    Alarm alarm;
  };
  Error Broken(const std::string& doing, const boost::system::error_code& code, bool timed_out) const;

  const Executor executor_;
  std::string told_;  ///< "dial tcp 10.244.0.5:80"
  std::optional<Opened> opened_;
  bool aborted_ = false;
};

/// What an upstream says to a request for another protocol.
struct Switched {
  std::optional<Response> refusal;  ///< it stays with HTTP: its own answer, of which the body was read
  std::string head;                 ///< its 101, as text
  std::string first;                ///< what came behind that
};

/// Connects, sends the request and reads the answer's head, behind six preliminary ones (1xx) at most. Bounded: 10 s to
/// connect, 30 s to the answer, whose body has 64 KiB where it is no switch (more: kUnavailable).
Task<Result<Switched>> AskUpgrade(Upstream& upstream, const Request& request, const Proxy& proxy);

}  // namespace ordinal::http

// What a server is told: where it listens, its certificate, its limits, and who decides what it does not know itself.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/clock.h"
#include "agent/http/gzip.h"
#include "agent/http/message.h"

namespace ordinal::http {

/// The defaults: sizes in bytes. Kubernetes has the same limit on bodies (3 MiB); Go's server takes headers of 1 MiB.
struct Limits {
  size_t header_bytes = 64 * 1024;                ///< more: 431, or 414 when the first line alone has so many
  size_t fields = 256;                            ///< of a header; more: 431
  uint64_t body_bytes = 3 * 1024 * 1024;          ///< more: 413
  uint64_t reader_body_bytes = 64 * 1024;         ///< of who writes nothing; more: 413
  uint64_t bodies_bytes = 32 * 1024 * 1024;       ///< of all bodies above that, until their answer; more: 429
  uint64_t user_bodies_bytes = 24 * 1024 * 1024;  ///< of one user's
  size_t silent = 4096;                           ///< connections that sent no byte yet; more: the oldest is ended
  size_t strangers = 512;                         ///< that showed no credential yet; more: the oldest is ended
  size_t connections = 1536;                      ///< the others; more: the longest idle is ended; none: 429
  size_t user_connections = 1100;                 ///< of one user; more: its own longest idle is ended; none: 429
  bool newest_stays = false;                      ///< none of them idle: the longest at work is ended; no 429
  size_t compress_from = kGzipFrom;               ///< of a body; shorter ones go as they are
  size_t streams = 500;                           ///< watches, followed logs and what is proxied; more: 429
  size_t reader_streams = 400;                    ///< who writes nothing begins no stream beyond so many
  size_t user_streams = 400;                      ///< of one user
  size_t waiting_streams = 16384;  ///< of HTTP/2, that only wait (Stream::Waits); more are among `streams`
  size_t reader_waiting_streams = 12288;
  size_t user_waiting_streams = 12288;
  size_t seats = 48;                             ///< requests at their handlers at once (turns.h)
  size_t spare_seats = 32;                       ///< for users who have none
  size_t large_seats = 2;                        ///< requests with large answers
  size_t user_waiting = 1024;                    ///< requests of a user that wait for their turn; more: 429
  size_t waiting = 4096;                         ///< of all users
  Duration lent = std::chrono::seconds(1);       ///< a seat, at most
  Duration stranger = std::chrono::seconds(10);  ///< from its first byte until it has shown a credential
  Duration header = std::chrono::seconds(10);    ///< from a request's first byte to its header's end: 408
  Duration body = std::chrono::seconds(60);      ///< from there to the body's end: 408
  Duration idle = std::chrono::minutes(3);       ///< between two requests of a connection; then it is closed
  Duration write = std::chrono::seconds(60);     ///< in which a client takes no byte of an answer; then it is closed
  Duration hurry = std::chrono::seconds(15);     ///< the same of a large answer, to one that sends nothing more

  /// What a request of `user` may send.
  uint64_t BodyBytes(const User& user) const {
    return user.writes || reader_body_bytes > body_bytes ? body_bytes : reader_body_bytes;
  }

  /// How many file descriptors connections may take: each has one, and a stream or a request that is another server's
  /// (Proxied) another.
  size_t Descriptors() const { return silent + strangers + connections + streams; }
};

/// The limits that so many file descriptors of the process allow: a part of them is for everything else.
Limits WithinDescriptors(Limits limits, uint64_t descriptors);

/// Certificates and keys in PEM.
struct Certificates {
  std::string chain;      ///< the server's certificate, and those between it and its CA
  std::string key;        ///< its private key
  std::string client_ca;  ///< signs client certificates
};

/// The answer to a request that its user may not make (403); nothing when it may. Asked before the body is read, on the
/// HTTP thread. It may say of the user what it knows beyond who that is (User::writes), and make another one of it.
using Authorize = std::function<std::optional<Response>(Request&)>;

/// Whether a request waits for its turn among those of other users.
enum class Urgency {
  kFair,    ///< it takes a moment: each user's in turn
  kExempt,  ///< it never waits: who repairs things and who asks for health, and what takes long by its nature
};

/// Of a request that may be made. Called on the HTTP thread.
using UrgencyOf = std::function<Urgency(const Request&)>;

/// Makes of a request what takes long, before its handler is asked: on a thread of the server's own, one request at a
/// time.
struct Prepare {
  std::function<bool(const Request&)> wanted;  ///< called on the HTTP thread
  std::function<void(Request&)> run;
};

/// Looks at a body while it comes. HTTP thread.
class BodyCheck {
 public:
  virtual ~BodyCheck() = default;
  /// The next bytes of it. A refusal ends the request at the byte that is too much.
  virtual std::optional<Refusal> Take(std::string_view more) = 0;
};

/// Whether the body of a request whose header this is reaches its handler while it comes (Request::upload), of whatever
/// length and unchecked. HTTP thread.
using HandsOn = std::function<bool(const Request&)>;

/// Whether a request is handed to another server, which may leave it waiting: it has the place of a stream from before
/// its handler is asked, and its handler hears when its client leaves (Request::withdrawal). HTTP thread.
using Proxied = std::function<bool(const Request&)>;

/// Puts an answer that no handler made into the form that the client accepts. HTTP thread.
using AsAccepted = std::function<void(const Request&, Response&)>;

/// The check of the body of a request whose header this is; null: there is none.
using CheckBody = std::function<std::unique_ptr<BodyCheck>(const Request&)>;

/// Of a bearer that nobody accepted: whether that may be otherwise soon. True: `then` is called once, on any thread, in
/// a time that is bounded, and the bearer is shown again. Called on the HTTP thread.
using Settle = std::function<bool(std::string_view bearer, std::function<void()> then)>;

struct ServerSettings {
  std::vector<std::string> listen = {"127.0.0.1:6443"};  ///< as Listen() reads it (listen.h); port 0: any free one
  /// Beside these, addresses that the host may get later. One that cannot be had is no reason not to serve: it is
  /// logged.
  std::vector<std::string> listen_ahead;
  Certificates certificates;  ///< of ports; unix sockets need none
  Limits limits;
  Failure failure;                 ///< has to be given
  AsAccepted as_accepted;          ///< empty: failures are as `failure` makes them
  Authorize authorize;             ///< empty: everybody may do everything
  CheckBody check_body;            ///< empty: sizes alone count
  std::optional<Prepare> prepare;  ///< nothing: handlers take requests as they come
  UrgencyOf urgency;               ///< empty: no request waits for another
  HandsOn hands_on;                ///< empty: every body is read before its handler is asked
  Proxied proxied;                 ///< empty: none is
  Settle settle;                   ///< empty: who is not accepted stays so
};

/// A certificate that a client showed, signed by the client CA and valid at the handshake.
struct ClientCertificate {
  std::string common_name;                 ///< the user
  std::vector<std::string> organizations;  ///< its groups
  WallTime not_after;                      ///< a connection may outlive the certificate
};

/// What a caller shows.
struct Credentials {
  const ClientCertificate* certificate = nullptr;  ///< of its connection; null: none
  std::optional<uint32_t> peer = std::nullopt;     ///< user id of the process that opened this unix socket
  std::string_view bearer = {};                    ///< token of this request; empty: none
  std::string_view path = {};                      ///< that it asks for, as it came; empty: it asks for none yet
};

/// Who a caller is. Without any credential: anonymous. kUnavailable: it cannot be told yet (503, and the client is
/// asked to come again in a second); any other error: one was shown that nobody accepts (401). Called on the HTTP
/// thread, which serves all others too: it does not block.
using Authenticate = std::function<Result<User>(const Credentials&)>;

}  // namespace ordinal::http

// Connection: one client, from its handshake to its end; one request after another. HTTP thread only.
//
//   handshake ─> header ─> who is it? ─> body ─> handler ─> text ──> next request
//                  │        may it?        │                ├ stream ─> chunks ─> next request
//                  │           │           │                ├ proxy ──> bytes both ways ─> end
//                  │           │           │                ├ messages of a WebSocket ─> end
//                  │           │           │                └ takeover (another protocol) ─> end
//    400 408 414 431 501     401 403 429   400 408 413 429
//
// Until it has made a request with a credential it lives for Limits::stranger at most, whatever it sends.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/base/blocking_pool.h"
#include "agent/http/body_room.h"
#include "agent/http/control.h"
#include "agent/http/message_stream.h"
#include "agent/http/places.h"
#include "agent/http/relay.h"
#include "agent/http/request_reader.h"
#include "agent/http/settings.h"
#include "agent/http/upload.h"
#include "agent/http/wire.h"

namespace ordinal::http {

/// What all connections of a server share.
struct Shared {
  Shared(const ServerSettings& given, const Clock& time, Authenticate who, Control way)
      : limits(given.limits),
        failure(given.failure),
        authorize(given.authorize),
        check_body(given.check_body),
        prepare(given.prepare),
        hands_on(given.hands_on),
        clock(time),
        authenticate(std::move(who)),
        control(std::move(way)) {}
  const Limits limits;
  const Failure failure;
  const Authorize authorize;
  const CheckBody check_body;
  const std::optional<Prepare> prepare;
  const HandsOn hands_on;
  const Clock& clock;
  const Authenticate authenticate;
  Control control;
  std::unique_ptr<BlockingPool> preparing;  ///< where `prepare` runs: one thread, once there was something to prepare
  const std::shared_ptr<BodyRoom> bodies = std::make_shared<BodyRoom>(limits.bodies_bytes);
  size_t streams = 0;  ///< open now, proxied connections too
};

class Connection {
 public:
  /// `place` is its own; `since` is when it was accepted.
  Connection(Wire& wire, Shared& shared, std::shared_ptr<Loop> loop, Place& place, SteadyTime since);

  Task<void> Run();
  /// Run() returns soon, whatever it waits for.
  void Abort();

 private:
  struct Served {
    bool more = false;     ///< another request may follow
    bool goodbye = false;  ///< the connection stands, and is to be ended in peace
  };
  Credentials Shown(std::string_view bearer) const;
  /// An answer that needs no handler, for who may not ask or what cannot be asked.
  std::optional<Response> Early(Incoming& incoming);
  /// What is left of its time until it has asked for something, if it is less than `limit`.
  Duration Patience(Duration limit) const;
  Task<std::optional<Refusal>> ReadBody(RequestReader& reader);
  Task<Served> ServeOne();
  /// A request whose body its handler takes while it comes.
  Task<Served> ServeUpload(RequestReader& reader);
  Task<Served> Respond(const Incoming& incoming, Answer answer);
  Task<Served> RespondText(const Incoming& incoming, Response response);
  Task<Served> RespondStream(const Incoming& incoming, Response response, std::shared_ptr<PulledStream> stream);
  Task<Served> RespondProxy(const Incoming& incoming, const Proxy& proxy);
  Task<Served> RespondMessages(const Incoming& incoming, Answer answer);
  Task<Served> RespondTakeover(const Incoming& incoming, std::shared_ptr<Takeover> takeover);
  /// The pieces of a stream; true when it came to its proper end.
  Task<bool> CopyStream(bool chunks, PulledStream& stream);
  /// Reads while a stream runs, to see the client leave.
  Task<void> WatchClient();
  Task<std::optional<Answer>> AskHandler(const Incoming& incoming);

  Wire& wire_;
  Shared& shared_;
  std::shared_ptr<Loop> loop_;
  Place& place_;
  const SteadyTime stranger_until_;
  bool aborted_ = false;
  bool asked_ = false;  ///< it has made a request with a credential
  bool certificate_refused_ = false;
  std::optional<ClientCertificate> certificate_;
  std::optional<uint32_t> peer_;
  std::string remote_;
  UploadFeeder* feeder_ = nullptr;
  std::shared_ptr<Mailbox<Answer>> answer_;
  std::shared_ptr<Mailbox<Piece>> piece_;
  bool watching_ = false;
  bool client_gone_ = false;
  Signal watch_ended_;
  std::function<void()> abort_other_;  ///< ends what has the connection to itself
};

}  // namespace ordinal::http

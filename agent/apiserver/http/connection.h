// Connection: one client, from its handshake to its end; one request after another. HTTP thread only.
//
//   handshake ─> header ─> who is it? ─> body ─> handler ─> text ──> next request
//                  │           │           │                ├ stream ─> chunks ─> next request
//                  └ 408 431   └ 401 429   └ 408 413        └ proxy ──> bytes both ways ─> end
#pragma once

#include <memory>
#include <string>

#include "agent/apiserver/http/control.h"
#include "agent/apiserver/http/relay.h"
#include "agent/apiserver/http/request_reader.h"
#include "agent/apiserver/http/settings.h"
#include "agent/apiserver/http/wire.h"

namespace ordinal::apiserver::front {

/// What all connections of a server share.
struct Shared {
  Shared(Limits bounds, const Clock& time, Authenticate who, Control way)
      : limits(std::move(bounds)), clock(time), authenticate(std::move(who)), control(std::move(way)) {}
  const Limits limits;
  const Clock& clock;
  const Authenticate authenticate;
  Control control;
  size_t streams = 0;  ///< open now, proxied connections too
};

class Connection {
 public:
  /// `crowded`: there are too many; this one is told so and ended.
  Connection(Wire& wire, Shared& shared, std::shared_ptr<Loop> loop, bool crowded);

  Task<void> Run();
  /// Run() returns soon, whatever it waits for.
  void Abort();

 private:
  struct Served {
    bool more = false;     ///< another request may follow
    bool goodbye = false;  ///< the connection stands, and is to be ended in peace
  };
  /// An answer that needs no handler, for who may not ask or what cannot be asked.
  std::optional<Response> Early(Incoming& incoming);
  Task<Served> ServeOne();
  Task<Served> Respond(const Incoming& incoming, Answer answer);
  Task<Served> RespondText(const Incoming& incoming, Response response);
  Task<Served> RespondStream(const Incoming& incoming, Response response, std::shared_ptr<PulledStream> stream);
  Task<Served> RespondProxy(const Incoming& incoming, const Proxy& proxy);
  /// The pieces of a stream; true when it came to its proper end.
  Task<bool> CopyStream(const Incoming& incoming, PulledStream& stream);
  /// Reads while a stream runs, to see the client leave.
  Task<void> WatchClient();
  Task<std::optional<Answer>> AskHandler(Incoming& incoming);

  Wire& wire_;
  Shared& shared_;
  std::shared_ptr<Loop> loop_;
  const bool crowded_;
  bool aborted_ = false;
  bool certificate_refused_ = false;
  std::optional<ClientCertificate> certificate_;
  std::shared_ptr<Mailbox<Answer>> answer_;
  std::shared_ptr<Mailbox<Piece>> piece_;
  bool watching_ = false;
  bool client_gone_ = false;
  Signal watch_ended_;
  Relay* relay_ = nullptr;
};

}  // namespace ordinal::apiserver::front

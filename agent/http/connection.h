// Connection: one client, from its handshake to its end; one request after another, or, where the handshake chose
// HTTP/2, many at once (http2/session.h). HTTP thread only.
//
//   handshake ─> header ─> who is it? ─> body ─> handler ─> text ──> next request
//                  │        may it?        │                ├ stream ─> chunks ─> next request
//                  │           │           │                ├ proxy ──> bytes both ways ─> end
//                  │           │           │                ├ messages of a WebSocket ─> end
//                  │           │           │                └ takeover (another protocol) ─> end
//    400 408 414 431 501     401 403 429   400 408 413 429
//
// Until it has shown a certificate, or made a request with another credential, it lives for Limits::stranger at most,
// whatever it sends.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "agent/http/asking.h"
#include "agent/http/caller.h"
#include "agent/http/message_stream.h"
#include "agent/http/places.h"
#include "agent/http/relay.h"
#include "agent/http/request_reader.h"
#include "agent/http/shared.h"
#include "agent/http/upload.h"
#include "agent/http/wire.h"

namespace ordinal::http {

namespace http2 {
class Session;
}

class Connection {
 public:
  /// `place` is its own; `since` is when its handshake began.
  Connection(Wire& wire, Shared& shared, std::shared_ptr<Loop> loop, Place& place, SteadyTime since);

  /// `shaken` is called when the handshake is over, well or not.
  Task<void> Run(std::function<void()> shaken);
  /// Run() returns soon, whatever it waits for. A client of HTTP/2 is told (GOAWAY).
  void Abort();

 private:
  struct Served {
    bool more = false;     ///< another request may follow
    bool goodbye = false;  ///< the connection stands, and is to be ended in peace
  };
  Task<void> RunSession();
  /// Of a request that is refused with 401: what is to be answered once it is settled who sends it.
  Task<std::optional<Response>> Settled(Incoming& incoming, Response refused);
  Task<std::optional<Refusal>> ReadBody(RequestReader& reader);
  Task<Served> ServeOne();
  /// A request whose body its handler takes while it comes.
  Task<Served> ServeUpload(RequestReader& reader);
  /// Asks the handler, and answers.
  Task<Served> Handle(Incoming& incoming, const RequestReader& reader);
  Task<Served> Respond(const Incoming& incoming, Answer answer, Asking& asking);
  /// `asking`: whose turn is over when the text is made.
  Task<Served> RespondText(const Incoming& incoming, Response response, Asking* asking = nullptr);
  Task<Served> RespondStream(const Incoming& incoming, Response response, std::shared_ptr<PulledStream> stream);
  Task<Served> RespondProxy(const Incoming& incoming, const Proxy& proxy);
  Task<Served> RespondMessages(const Incoming& incoming, Answer answer);
  Task<Served> RespondTakeover(const Incoming& incoming, std::shared_ptr<Takeover> takeover);
  /// The pieces of a stream; true when it came to its proper end.
  Task<bool> CopyStream(bool chunks, PulledStream& stream);
  /// Writes a text that may take long. A client that says meanwhile that it sends nothing more gets all of it, but has
  /// to take it at once: it may have left.
  Task<Status> WriteLarge(std::string_view text, Duration stall);
  /// Reads while the client is written to, from the end of the request's body on, to see it leave, which calls `left`.
  Task<void> WatchClient(std::function<void()> left);
  void BeginWatch(std::function<void()> left);
  Task<void> EndWatch();

  Wire& wire_;
  Shared& shared_;
  std::shared_ptr<Loop> loop_;
  Caller caller_;
  bool aborted_ = false;
  Asking* asking_ = nullptr;
  UploadFeeder* feeder_ = nullptr;
  std::shared_ptr<Mailbox<Piece>> piece_;
  std::shared_ptr<Mailbox<bool>> settled_;  // while it waits for who sends a request to be known
  bool watching_ = false;
  bool client_gone_ = false;  ///< or it sends nothing more
  Signal watch_ended_;
  std::function<void()> abort_other_;  ///< ends what has the connection to itself
  http2::Session* session_ = nullptr;
};

}  // namespace ordinal::http

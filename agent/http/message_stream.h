// MessageStream: the pieces of a stream as messages of a WebSocket: watches and logs for browsers. HTTP thread only.
#pragma once

#include <memory>
#include <string>

#include "agent/base/signal.h"
#include "agent/http/control.h"
#include "agent/http/websocket.h"

namespace ordinal::http {

/// The messages that `piece` becomes: of lines each with its end.
std::vector<std::string> MessagesOf(const Messages& how, std::string piece);

class MessageStream {
 public:
  /// `wire` outlives it.
  MessageStream(Wire& wire, std::shared_ptr<Loop> loop, Messages how);

  /// Answers the handshake, and sends `text`, then what `stream` brings (null: nothing), until that has ended or the
  /// client is gone. What the client sends is dropped. True: the stream came to its proper end.
  Task<bool> Run(const Request& request, std::string text, PulledStream* stream);
  /// Run() returns soon.
  void Abort();

 private:
  Task<bool> Send(std::string piece);
  Task<bool> Copy(PulledStream* stream);
  Task<void> Listen();

  std::shared_ptr<Loop> loop_;
  const Messages how_;
  WebSocket socket_;
  std::shared_ptr<Mailbox<Piece>> piece_;
  Signal listened_;
  bool gone_ = false;
};

}  // namespace ordinal::http

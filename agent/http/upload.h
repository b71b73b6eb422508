// UploadFeeder: how the body of a request gets to its handler while it comes.
//
//   HTTP thread                       control thread
//   Feed(): Piece()  <── wanted ───── Upload::Next()       a piece at a time: the handler's pace is felt by the client
//                    ─── piece ─────>
#pragma once

#include <memory>
#include <string>

#include "agent/base/signal.h"
#include "agent/http/loop.h"
#include "agent/http/message.h"
#include "agent/http/request_reader.h"

namespace ordinal::http {

/// One call of Upload::Next(). It is answered, at the latest with kCancelled when nobody holds it any more; any thread.
class WantedPiece;

class UploadFeeder {
 public:
  /// HTTP thread; `reader` outlives it, and nobody else reads meanwhile. `limit`: for each piece.
  UploadFeeder(RequestReader& reader, std::shared_ptr<Loop> loop, Executor control, Duration limit);

  /// What the handler takes from; it may outlive this.
  std::shared_ptr<Upload> upload();
  /// Until the body has ended or Stop() was called.
  Task<void> Feed();
  /// No piece is begun any more; one that is being read ends with the connection, or in its time.
  void Stop();
  /// Waits for the end of Feed().
  Task<void> Ended();
  bool ended() const { return ended_; }

  struct Desk;  ///< where calls arrive

 private:
  RequestReader& reader_;
  const std::shared_ptr<Loop> loop_;
  const Executor control_;
  const Duration limit_;
  const std::shared_ptr<Desk> desk_;
  Signal over_;
  bool ended_ = false;
};

}  // namespace ordinal::http

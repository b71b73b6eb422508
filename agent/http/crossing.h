// Crossing: how the streams of a server get from the HTTP thread to the control thread and back. A change that a
// hundred watches show sets off a hundred pieces on the one thread, then a hundred writes on the other. Handed over one
// by one, each would wake the other thread, which falls asleep again after it; so what comes up in one turn of a
// thread crosses together at the turn's end.
//
//   HTTP thread                            control thread
//   Want(a) Want(b) … ── end of turn ────> Stream::WhenReady() of each
//                                            … Ready(a) Ready(b): Stream::Next(), some at a time
//   deliver(piece) …  <──── end of turn ── Brought(a) Brought(b) …
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/http/loop.h"
#include "agent/http/message.h"

namespace ordinal::http {

using Piece = Result<SharedText>;  // never null
/// Takes a piece on the HTTP thread, and Stream::Waits() after it.
using Deliver = std::function<void(Piece piece, bool waits)>;

class Crossing : public std::enable_shared_from_this<Crossing> {
 public:
  Crossing(Executor control, std::shared_ptr<Loop> loop) : control_(std::move(control)), loop_(std::move(loop)) {}

  /// Asks `stream` for its next piece, which `deliver` takes. HTTP thread.
  void Want(std::shared_ptr<Stream> stream, Deliver deliver);
  const Executor& control() const { return control_; }

 private:
  struct Wanted {
    std::shared_ptr<Stream> stream;
    Deliver deliver;
  };
  struct Delivery {
    Deliver deliver;
    Piece piece;
    bool waits;
  };
  // Control thread:
  void Ask(Wanted wanted);
  void Ready(Wanted wanted);
  void FetchSome();
  static Task<void> Fetch(std::shared_ptr<Crossing> crossing, Wanted wanted);
  void Brought(Delivery delivery);

  const Executor control_;
  const std::shared_ptr<Loop> loop_;
  std::vector<Wanted> wanted_;      // of the HTTP thread
  std::deque<Wanted> ready_;        // of the control thread: to be fetched
  std::vector<Delivery> delivery_;  // of the control thread
};

}  // namespace ordinal::http

// Asking: the way of one request to its handler: its turn, what prepares it, its place where it is another server's,
// the handler. HTTP thread only.
#pragma once

#include <memory>
#include <optional>

#include "agent/http/shared.h"

namespace ordinal::http {

class Asking {
 public:
  /// `shared` outlives it.
  Asking(Shared& shared, std::shared_ptr<Loop> loop) : shared_(shared), loop_(std::move(loop)) {}

  /// Nothing: it was abandoned. One call.
  Task<std::optional<Answer>> Run(std::shared_ptr<Request> request);
  /// Nobody waits for the answer any more.
  void Abandon();
  /// The same, but a handler that works is waited for: it counts until it has ended.
  void Withdraw();
  /// The text of the answer is made: the next request may go.
  void Done() { turn_.reset(); }
  /// The place that it took before its handler was asked; empty: none.
  StreamShare TakePlace() { return std::move(place_); }

 private:
  /// False: the user's queue is full. It may have to wait.
  bool TakeTurn(const Request& request);
  /// False: there is no place for it.
  bool TakePlaceFor(Request& request);
  void Tell();
  Task<void> Prepared(std::shared_ptr<Request> request);

  Shared& shared_;
  const std::shared_ptr<Loop> loop_;
  bool abandoned_ = false;
  std::optional<Signal> may_go_;
  std::optional<Turn> turn_;
  StreamShare place_;
  std::shared_ptr<Withdrawal> withdrawal_;  // used on the control thread
  std::shared_ptr<Mailbox<Answer>> answer_;
};

}  // namespace ordinal::http

// Turns: whose request goes to its handler next. One user's flood fills that user's own queue; the others pass by it.
// HTTP thread only; it knows nothing of requests.
//
//   alice ▢▢▢▢▢▢▢▢ ─┐  one of each user
//   bob   ▢ ────────┼──────────────────> seats: requests that are being served
//   carol ▢▢ ───────┘  in turn
//
// A user who has nothing on a seat takes a spare one, so that the first request of somebody never waits for the many of
// another. Who sits for longer than `lent` waits for something else than this process, and gives the seat to the next.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/task.h"

namespace ordinal::http {

class Turn;

class Turns {
 public:
  struct Bounds {
    size_t seats;        ///< requests on their way at once
    size_t spare;        ///< beyond these, for users who have none on a seat
    size_t waiting;      ///< requests of one user that may wait
    size_t all_waiting;  ///< of all users together
    Duration lent;       ///< a seat, at most
  };
  Turns(Bounds bounds, const Executor& executor);
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  /// No seat is taken back any more: nothing of it waits for time.
  void End() { timer_.cancel(); }

  size_t waiting() const { return waiting_; }
  size_t going() const { return going_.size(); }

 private:
  friend class Turn;
  struct Queue {
    std::list<Turn*> waiting;  ///< the longest in front
    size_t going = 0;
  };
  using Queues = std::map<std::string, Queue, std::less<>>;
  using Moment = asio::steady_timer::time_point;

  bool HasSeat(const Queue& queue) const;
  void Seat(Turn& turn);
  void Leave(Turn& turn);
  /// A user of whom nothing waits or goes.
  void Forget(Queues::iterator queue);
  /// Gives free seats to who waits.
  void Next();
  void TakeBackLent();
  void Arm();

  const Bounds bounds_;
  Queues queues_;                     // of users who wait or go
  std::list<Queues::iterator> ring_;  // of those who wait; whose turn it is in front
  std::list<Turn*> going_;            // the longest in front
  size_t waiting_ = 0;
  asio::steady_timer timer_;  // set while somebody waits
  bool armed_ = false;
};

/// One request's turn, as long as it lives: it waits, goes, or is refused, and gives its seat back at its end.
class Turn {
 public:
  /// `go` is called once, maybe from within another's end, when a request that had to wait may go.
  Turn(Turns& turns, const std::string& user, std::function<void()> go);
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn();

  bool waits() const { return state_ == kWaiting; }
  /// The user's queue is full.
  bool refused() const { return state_ == kRefused; }

 private:
  friend class Turns;
  enum State { kRefused, kWaiting, kGoing, kLent };

  Turns& turns_;
  std::function<void()> go_;
  State state_ = kRefused;
  Turns::Queues::iterator queue_;
  std::list<Turn*>::iterator at_;
  Turns::Moment since_;  // on its seat
};

}  // namespace ordinal::http

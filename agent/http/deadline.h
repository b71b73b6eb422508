// Deadline: a limit of time on a step of a connection. HTTP thread only.
//
// A request passes five of them, each over in a fraction of what it allows: so a connection has one timer, which is set
// when a limit is nearer than what it is set for, and never taken back. One that rings for a limit that is gone looks
// for the next.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "agent/base/clock.h"
#include "agent/http/transport.h"

namespace ordinal::http {

class Deadline;

/// The timer of one socket, which outlives it.
class Alarm {
 public:
  explicit Alarm(Socket& socket) : state_(std::make_shared<State>(socket)) {}
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm();

 private:
  friend class Deadline;
  using Moment = asio::steady_timer::time_point;
  struct State {
    explicit State(Socket& watched) : socket(&watched), timer(watched.get_executor()) {}
    Socket* socket;
    asio::steady_timer timer;
    Moment rings = Moment::max();      ///< when it will ring
    std::vector<Deadline*> deadlines;  ///< those that hold; rarely two
  };
  static void Set(const std::shared_ptr<State>& state, Moment moment);
  static void Ring(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;
};

/// Cancels what waits on the socket once `limit` has passed, and goes on doing so until it is destroyed: a step may be
/// between two waits when the time is over. It ends before its alarm.
class Deadline {
 public:
  Deadline(Alarm& alarm, Duration limit);
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline();

  bool expired() const { return expired_; }

 private:
  friend class Alarm;
  std::shared_ptr<Alarm::State> state_;
  Alarm::Moment moment_;
  bool expired_ = false;
};

}  // namespace ordinal::http

// Handshakes: how many TLS handshakes go on at once. Each takes memory, and this thread for most of a millisecond: in a
// crowd that comes at once they follow one another, while those that are connected are served. HTTP thread only.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <list>

#include "agent/base/task.h"

namespace ordinal::http {

class Handshakes {
 public:
  explicit Handshakes(Executor executor) : executor_(std::move(executor)) {}
  Handshakes(const Handshakes&) = delete;
  Handshakes& operator=(const Handshakes&) = delete;

  using Moment = asio::steady_timer::time_point;

  /// One that goes on, until it is destroyed.
  class Going {
   public:
    explicit Going(Handshakes& all) : all_(all), at_(all.going_.insert(all.going_.end(), Moment::clock::now())) {}
    Going(const Going&) = delete;
    Going& operator=(const Going&) = delete;
    ~Going() {
      all_.going_.erase(at_);
      all_.WakeOne();
    }

   private:
    Handshakes& all_;
    const std::list<Moment>::iterator at_;
  };

  /// Waits while many go on that began lately, for two seconds at most: who shakes hands slowly keeps nobody out.
  Task<void> Wait();
  /// Nobody waits any more.
  void End();

 private:
  void WakeOne();
  /// When the next one may begin, if none ends before.
  Moment NextBegins() const;

  const Executor executor_;
  std::list<Moment> going_;                 // when they began
  std::list<asio::steady_timer*> waiting_;  // not woken yet; the longest in front
  bool ended_ = false;
};

}  // namespace ordinal::http

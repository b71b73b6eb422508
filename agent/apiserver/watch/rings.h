// Rings: when the watches of one Api want to be called: to end, to say where they are, to look at their kind. There may
// be ten thousand of them: each has an entry here, and all have one timer. Control thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "agent/base/clock.h"

namespace ordinal::apiserver::watch {

class Ring;

class Rings {
 public:
  explicit Rings(Clock& clock) : clock_(clock) {}
  Rings(const Rings&) = delete;
  Rings& operator=(const Rings&) = delete;

 private:
  friend class Ring;
  using Entries = std::multimap<SteadyTime, Ring*>;

  Entries::iterator Add(SteadyTime moment, Ring& ring);
  void Arm(SteadyTime moment);
  void Call();

  Clock& clock_;
  Entries entries_;
  SteadyTime armed_for_ = SteadyTime::max();
  TimerHandle timer_;
};

/// What is called, while it lives, once the moment has come that was set last. `rings` outlive it.
class Ring {
 public:
  /// `fn` does not destroy the ring.
  Ring(Rings& rings, std::function<void()> fn) : rings_(rings), fn_(std::move(fn)) {}
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring() { Unset(); }

  void Set(SteadyTime moment) {
    Unset();
    at_ = rings_.Add(moment, *this);
  }

 private:
  friend class Rings;
  void Unset() {
    if (at_) rings_.entries_.erase(*at_);
    at_.reset();
  }

  Rings& rings_;
  const std::function<void()> fn_;
  std::optional<Rings::Entries::iterator> at_;
};

}  // namespace ordinal::apiserver::watch

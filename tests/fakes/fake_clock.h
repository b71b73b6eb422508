// FakeClock: time stands still until a test advances it.
#pragma once

#include <map>
#include <memory>

#include "agent/base/clock.h"

namespace ordinal::fakes {

class FakeClock : public Clock {
 public:
  /// Everything that a timer sets off runs on `io`, inside Advance(). Starts on 2026-01-01T00:00:00Z.
  explicit FakeClock(asio::io_context& io);

  WallTime Now() const override { return now_ + set_by_; }
  SteadyTime Steady() const override { return SteadyTime(now_.time_since_epoch()); }
  TimerHandle After(Duration delay, std::function<void()> fn) override;

  /// Runs what is ready, then every timer that falls due within `by`, each at its own time and in order, with all that
  /// follows from it. Called from the test, never from inside a handler of `io`.
  void Advance(Duration by);
  /// Advances to the next timer. False when there is none.
  bool AdvanceToNext();
  /// Somebody sets the wall clock, forward or back; the steady one and timers know nothing of it.
  void Set(Duration by) { set_by_ += by; }
  /// Timers that were set and neither fired nor were cancelled.
  size_t Pending() const;

 private:
  /// Ordered by time, then by when it was set.
  using Key = std::pair<WallTime, uint64_t>;
  struct Timer {
    std::function<void()> fn;
    std::shared_ptr<Key> key;  ///< where it is in the map; its handle has it too
  };
  struct Timers {
    std::map<Key, Timer> waiting;
  };
  struct Handle;

  void Do(Timer timer);
  void RunUntilIdle();

  asio::io_context& io_;
  WallTime now_;
  Duration set_by_{0};
  uint64_t set_ = 0;
  std::shared_ptr<Timers> timers_ = std::make_shared<Timers>();  ///< Handles may outlive the clock.
};

}  // namespace ordinal::fakes

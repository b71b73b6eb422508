// Clock: the only source of time. main.cc builds RealClock; tests build tests/fakes/fake_clock.h, whose
// time stands still until it is advanced.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "agent/base/task.h"

namespace ordinal {

using WallTime = std::chrono::sys_time<std::chrono::nanoseconds>;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;

/// After an exception of what a timer does.
inline constexpr Duration kTimerRetry = std::chrono::seconds(1);

/// Cancels its timer when destroyed. Default constructed: no timer.
class TimerHandle {
 public:
  struct Impl {
    virtual ~Impl() = default;
  };
  TimerHandle() = default;
  explicit TimerHandle(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
  void Cancel() { impl_.reset(); }

 private:
  std::unique_ptr<Impl> impl_;
};

/// For clocks: does what a timer is for. False: it threw, which was logged.
bool DoneByTimer(const std::function<void()>& work);

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime Now() const = 0;       ///< For timestamps that people and objects see.
  virtual SteadyTime Steady() const = 0;  ///< For durations, deadlines and backoff.
  /// Calls `fn` once on the control thread, `delay` from now. Never calls it from inside After(). Where it throws,
  /// which is logged, it is called again kTimerRetry later, and so on, as long as the handle is there.
  [[nodiscard]] virtual TimerHandle After(Duration delay, std::function<void()> fn) = 0;
};

/// Suspends the calling coroutine for `delay` of `clock`.
Task<void> Sleep(Clock& clock, Duration delay);

class RealClock final : public Clock {
 public:
  explicit RealClock(Executor executor) : executor_(std::move(executor)) {}
  WallTime Now() const override;
  SteadyTime Steady() const override;
  TimerHandle After(Duration delay, std::function<void()> fn) override;

 private:
  Executor executor_;
};

/// RFC 3339 in UTC with whole seconds, "2026-11-21T23:15:36Z" (metav1.Time).
std::string FormatTime(WallTime time);
/// RFC 3339 in UTC with microseconds, "2026-11-21T23:15:36.000000Z" (metav1.MicroTime).
std::string FormatMicroTime(WallTime time);
/// Reads either form, any number of fractional digits and any offset.
Result<WallTime> ParseTime(std::string_view text);

}  // namespace ordinal

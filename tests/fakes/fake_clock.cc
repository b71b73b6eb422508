#include "tests/fakes/fake_clock.h"

#include <algorithm>
#include <chrono>

#include "tests/fakes/run_task.h"

namespace ordinal::fakes {

struct FakeClock::Handle final : TimerHandle::Impl {
  Handle(const std::shared_ptr<Timers>& all, std::shared_ptr<const Key> mine) : timers(all), key(std::move(mine)) {}
  ~Handle() override {
    if (const auto still = timers.lock()) still->waiting.erase(*key);
  }
  std::weak_ptr<Timers> timers;
  std::shared_ptr<const Key> key;
};

FakeClock::FakeClock(asio::io_context& io)
    : io_(io), now_(std::chrono::sys_days(std::chrono::year_month_day(std::chrono::year(2026) / 1 / 1))) {}

TimerHandle FakeClock::After(Duration delay, std::function<void()> fn) {
  const auto key = std::make_shared<Key>(now_ + std::max(delay, Duration(0)), ++set_);
  timers_->waiting.emplace(*key, Timer{std::move(fn), key});
  return TimerHandle(std::make_unique<Handle>(timers_, key));
}

void FakeClock::Advance(Duration by) {
  const WallTime end = now_ + by;
  RunUntilIdle();
  while (!timers_->waiting.empty() && timers_->waiting.begin()->first.first <= end) {
    auto due = timers_->waiting.extract(timers_->waiting.begin());
    now_ = std::max(now_, due.key().first);
    Do(std::move(due.mapped()));
    RunUntilIdle();
  }
  now_ = end;
}

void FakeClock::Do(Timer timer) {
  const bool done = DoneByTimer(timer.fn);
  if (done || timer.key.use_count() == 1) return;  // the handle may be gone by then
  *timer.key = Key(now_ + kTimerRetry, ++set_);
  timers_->waiting.emplace(*timer.key, std::move(timer));
}

bool FakeClock::AdvanceToNext() {
  RunUntilIdle();
  if (timers_->waiting.empty()) return false;
  Advance(timers_->waiting.begin()->first.first - now_);
  return true;
}

size_t FakeClock::Pending() const { return timers_->waiting.size(); }

void FakeClock::RunUntilIdle() {
  io_.restart();
  while (io_.poll_one() > 0) RestDocuments();
}

}  // namespace ordinal::fakes

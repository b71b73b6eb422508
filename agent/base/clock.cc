#include "agent/base/clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <utility>

#include "agent/base/caught.h"
#include "agent/base/ending_together.h"
#include "agent/base/log.h"
#include "agent/base/signal.h"

namespace ordinal {
namespace {

// The whole years that a WallTime reaches.
constexpr int kFirstYear = 1678, kLastYear = 2261;

/// What is to be done is taken away with the handle: the wait may be over by then, and about to do it.
class AsioTimer final : public TimerHandle::Impl {
 public:
  AsioTimer(const Executor& executor, Duration delay, std::function<void()> fn)
      : due_(std::make_shared<Due>(executor, std::move(fn))) {
    Wait(due_, delay);
  }
  ~AsioTimer() override {
    due_->ended = true;
    due_->fn = nullptr;
    due_->timer.cancel();
  }

 private:
  struct Due {
    Due(const Executor& executor, std::function<void()> the_fn) : timer(executor), fn(std::move(the_fn)) {}
    asio::steady_timer timer;
    std::function<void()> fn;
    bool ended = false;  ///< nobody has the handle any more
  };

  static void Wait(const std::shared_ptr<Due>& due, Duration delay) {
    due->timer.expires_after(delay);
    due->timer.async_wait([due](boost::system::error_code error) {
      std::function<void()> work = error ? nullptr : std::exchange(due->fn, nullptr);
      if (!work || DoneByTimer(work) || due->ended) return;  // it may have ended the handle
      due->fn = std::move(work);
      Wait(due, kTimerRetry);
    });
  }

  const std::shared_ptr<Due> due_;
};

struct CivilTime {
  std::chrono::year_month_day day;
  std::chrono::hh_mm_ss<std::chrono::nanoseconds> time;
};

CivilTime Split(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return {std::chrono::year_month_day(day), std::chrono::hh_mm_ss<std::chrono::nanoseconds>(time - day)};
}

/// Some ten times are in a pod's status: the digits are put into their places by hand.
std::string FormatSeconds(const CivilTime& civil) {
  std::string text = "0000-00-00T00:00:00";
  const auto put = [&text](size_t end, int64_t number) {
    for (; number > 0; number /= 10) text[--end] = static_cast<char>('0' + number % 10);
  };
  put(4, static_cast<int>(civil.day.year()));
  put(7, static_cast<unsigned>(civil.day.month()));
  put(10, static_cast<unsigned>(civil.day.day()));
  put(13, civil.time.hours().count());
  put(16, civil.time.minutes().count());
  put(19, civil.time.seconds().count());
  return text;
}

/// Takes exactly `digits` digits from the front of `text`.
bool TakeNumber(std::string_view& text, size_t digits, int& out) {
  if (text.size() < digits) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, out);
  if (error != std::errc() || end != text.data() + digits) return false;
  text.remove_prefix(digits);
  return true;
}

bool TakeChar(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

bool TakeFraction(std::string_view& text, std::chrono::nanoseconds& out) {
  int64_t scale = 100'000'000;
  int64_t total = 0;
  size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits, scale /= 10) {
    total += (text[digits] - '0') * scale;
  }
  text.remove_prefix(digits);
  out = std::chrono::nanoseconds(total);
  return digits > 0;
}

bool TakeOffset(std::string_view& text, std::chrono::minutes& out) {
  if (TakeChar(text, 'Z') || TakeChar(text, 'z')) return true;
  const bool west = !text.empty() && text.front() == '-';
  if (!west && (text.empty() || text.front() != '+')) return false;
  text.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  if (!TakeNumber(text, 2, hours) || !TakeChar(text, ':') || !TakeNumber(text, 2, minutes)) return false;
  out = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  if (west) out = -out;
  return true;
}

}  // namespace

bool DoneByTimer(const std::function<void()>& work) {
  const Status done = CaughtCall(work);
  if (!done.ok()) log::Error("what a timer does {}; it is done again in a second", done.error().message);
  return done.ok();
}

Task<void> Sleep(Clock& clock, Duration delay) {
  Signal done(co_await asio::this_coro::executor);
  const TimerHandle timer = clock.After(delay, [&done] { done.Notify(); });
  co_await done.Wait();
}

WallTime RealClock::Now() const {
  return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

SteadyTime RealClock::Steady() const { return std::chrono::steady_clock::now(); }

TimerHandle RealClock::After(Duration delay, std::function<void()> fn) {
  return TimerHandle(std::make_unique<AsioTimer>(executor_, EndingTogether(Steady(), delay), std::move(fn)));
}

std::string FormatTime(WallTime time) { return FormatSeconds(Split(time)) + "Z"; }

std::string FormatMicroTime(WallTime time) {
  const CivilTime civil = Split(time);
  return fmt::format("{}.{:06}Z", FormatSeconds(civil), civil.time.subseconds().count() / 1000);
}

Result<WallTime> ParseTime(std::string_view text) {
  const Error bad = MakeError(ErrorCode::kInvalid, fmt::format("\"{}\" is not a time like 2006-01-02T15:04:05Z", text));
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::chrono::nanoseconds fraction{0};
  std::chrono::minutes offset{0};
  if (!TakeNumber(text, 4, year) || !TakeChar(text, '-') || !TakeNumber(text, 2, month) || !TakeChar(text, '-') ||
      !TakeNumber(text, 2, day) || !(TakeChar(text, 'T') || TakeChar(text, 't')) || !TakeNumber(text, 2, hour) ||
      !TakeChar(text, ':') || !TakeNumber(text, 2, minute) || !TakeChar(text, ':') || !TakeNumber(text, 2, second)) {
    return bad;
  }
  if (TakeChar(text, '.') && !TakeFraction(text, fraction)) return bad;
  if (!TakeOffset(text, offset) || !text.empty()) return bad;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return bad;
  // What 64 bits of nanoseconds do not reach is cut: "0001-01-01T00:00:00Z" stays long ago, "9999-…" far ahead.
  if (year < kFirstYear || year > kLastYear) {
    const std::chrono::year nearest(std::clamp(year, kFirstYear, kLastYear));
    return WallTime(std::chrono::sys_days(nearest / std::chrono::January / 1));
  }
  return WallTime(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + fraction - offset;
}

}  // namespace ordinal

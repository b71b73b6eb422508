// The schedule of a CronJob: five fields, or a macro (github.com/robfig/cron v3, as Kubernetes uses it).
//
//   ┌ minute 0-59   ┌ day of the month 1-31      ┌ day of the week 0-6, SUN-SAT
//   5   0-23/2      *      JAN,6                 MON-FRI
//       └ hour 0-23        └ month 1-12, JAN-DEC
//
// "*" and "?" are all values; "a-b", "a,b", "*/n", "a/n" (from a on) and "a-b/n" as usual. When both days are given one
// of them is enough. @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, @every 1h30m.
#pragma once

#include <bitset>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/result.h"

namespace ordinal::api {

class Schedule {
 public:
  /// Seconds east of UTC at a moment.
  using OffsetAt = std::function<int64_t(WallTime)>;

  /// kInvalid says which field is wrong and why.
  static Result<Schedule> Parse(const std::string& text);

  /// @every counts from `anchor`: all its moments are whole multiples away. The others are of the calendar.
  Schedule From(WallTime anchor) const;

  /// The first moment after `after` that it names, in the zone of `offset_at`; nothing within five years. @every
  /// without an anchor counts from `after`. A local time that the clocks skip is no moment; one that comes twice is
  /// two.
  std::optional<WallTime> Next(WallTime after, const OffsetAt& offset_at) const;

 private:
  /// From a moment on whose day nothing is named: the beginning of the next day or month in its zone, or a moment
  /// before it.
  std::chrono::sys_time<std::chrono::minutes> PassOver(std::chrono::sys_time<std::chrono::minutes> moment,
                                                       const OffsetAt& offset_at) const;
  bool DayFits(unsigned day, unsigned weekday) const;

  std::optional<Duration> every_;   ///< @every, whole seconds
  std::optional<WallTime> anchor_;  ///< of @every
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;
  bool any_day_ = false, any_weekday_ = false;
};

}  // namespace ordinal::api

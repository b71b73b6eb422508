// Time zones of the host's database (/usr/share/zoneinfo), in the format of RFC 8536: GCC 12 has no std::chrono zones.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/result.h"

namespace ordinal {

/// The rule of POSIX's TZ for the times after a zone's last transition: "CET-1CEST,M3.5.0,M10.5.0/3".
struct ZoneRule {
  /// The w-th weekday of a month (w 5: the last), at a second of the local day; or a day of the year.
  struct Day {
    enum class Form { kMonthWeek, kJulian, kZeroBased } form = Form::kMonthWeek;
    int month = 1, week = 1, day = 0;
    int64_t second = 7200;
  };
  int64_t standard = 0, summer = 0;  ///< seconds east of UTC
  bool has_summer = false;
  Day begins, ends;
};

class TimeZone {
 public:
  /// By its name ("Europe/Berlin", "UTC"). kInvalid for a name that is no path below `root`; kNotFound when the host
  /// has no such zone; kInvalid for a file of another format. Reads a file of a few kilobytes: blocks for as long.
  static Result<std::shared_ptr<const TimeZone>> Load(const std::string& name,
                                                      const std::string& root = "/usr/share/zoneinfo");
  /// The same of a file's bytes.
  static Result<std::shared_ptr<const TimeZone>> Parse(const std::string& bytes);

  /// Seconds east of UTC at that moment. Any thread.
  int64_t OffsetAt(WallTime time) const;

 private:
  struct Transition {
    int64_t at = 0, offset = 0;  ///< from this second on, this offset
  };
  std::vector<Transition> transitions_;  ///< ascending
  int64_t first_offset_ = 0;
  ZoneRule rule_;
  bool has_rule_ = false;
};

/// kInvalid for what is no such text.
Result<ZoneRule> ParseZoneRule(const std::string& text);

}  // namespace ordinal

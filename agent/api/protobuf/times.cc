#include "agent/api/protobuf/times.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "agent/base/clock.h"

namespace ordinal::api::protobuf {
namespace {

// The calendar repeats itself: a time of any year is read and written as that of a year which a WallTime reaches.
constexpr int kCycleYears = 400, kFirstYear = 1700;
constexpr int64_t kCycleSeconds = 146'097LL * 24 * 3600;
constexpr int64_t kYearOne = -62'135'596'800, kYearTenThousand = 253'402'300'800;

/// "2026-11-21T23:15:36Z", as nearly all times are written, read in a tenth of what ParseTime takes.
std::optional<WallTime> UsualTime(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  if (text.size() != kForm.size()) return std::nullopt;
  std::array<int, 6> parts{};
  size_t part = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (digit != (kForm[i] == '0') || (!digit && text[i] != kForm[i])) return std::nullopt;
    if (digit) {
      parts[part] = parts[part] * 10 + (text[i] - '0');
    } else if (++part == parts.size()) {
      break;
    }
  }
  const std::chrono::year_month_day date{std::chrono::year(parts[0]),
                                         std::chrono::month(static_cast<unsigned>(parts[1])),
                                         std::chrono::day(static_cast<unsigned>(parts[2]))};
  const bool near = parts[0] >= 1970 && parts[0] < 2200;
  if (!near || !date.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 59) return std::nullopt;
  return WallTime(std::chrono::sys_days(date)) + std::chrono::hours(parts[3]) + std::chrono::minutes(parts[4]) +
         std::chrono::seconds(parts[5]);
}

Moment Of(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return {seconds.time_since_epoch().count(), static_cast<int32_t>((time - seconds).count())};
}

/// How many whole cycles of `length` lie between `first` and `number`.
int64_t CyclesTo(int64_t number, int64_t first, int64_t length) {
  const int64_t past = number - first;
  return past / length - (past % length < 0 ? 1 : 0);
}

}  // namespace

std::optional<Moment> MomentOf(std::string_view text) {
  if (const auto usual = UsualTime(text)) return Of(*usual);
  int year = 0;
  const bool dated = text.size() > 4 && std::from_chars(text.data(), text.data() + 4, year).ptr == text.data() + 4;
  if (!dated || year < 0) return std::nullopt;
  const int64_t cycles = CyclesTo(year, kFirstYear, kCycleYears);
  const int near = year - static_cast<int>(cycles) * kCycleYears;
  const auto time = ParseTime(fmt::format("{:04}{}", near, text.substr(4)));
  if (!time.ok()) return std::nullopt;
  Moment moment = Of(*time);
  moment.seconds += cycles * kCycleSeconds;
  return moment;
}

std::optional<std::string> TextOf(const Moment& moment, bool micro) {
  if (moment.seconds < kYearOne || moment.seconds >= kYearTenThousand) return std::nullopt;
  if (moment.nanos < 0 || moment.nanos >= 1'000'000'000) return std::nullopt;
  constexpr int64_t kFirst = -8'520'336'000;  // 1700-01-01
  const int64_t cycles = CyclesTo(moment.seconds, kFirst, kCycleSeconds);
  const WallTime near =
      WallTime(std::chrono::seconds(moment.seconds - cycles * kCycleSeconds)) + std::chrono::nanoseconds(moment.nanos);
  std::string text = micro ? FormatMicroTime(near) : FormatTime(near);
  int year = 0;
  std::from_chars(text.data(), text.data() + 4, year);
  return text.replace(0, 4, fmt::format("{:04}", year + static_cast<int>(cycles) * kCycleYears));
}

}  // namespace ordinal::api::protobuf

#include "agent/api/kinds/cron_job/schedule.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <sstream>
#include <string_view>
#include <vector>

namespace ordinal::api {
namespace {

struct FieldOf {
  const char* what;
  unsigned least, most;
  std::vector<std::string_view> names = {};  ///< of the values from `least` on
};

Error Wrong(const FieldOf& field, std::string_view text, std::string_view why) {
  return MakeError(ErrorCode::kInvalid,
                   std::string(field.what) + " \"" + std::string(text) + "\": " + std::string(why));
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return upper;
}

std::optional<unsigned> ReadNumber(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

std::optional<unsigned> ReadValue(std::string_view text, const FieldOf& field) {
  const std::string upper = Upper(text);
  for (size_t i = 0; i < field.names.size(); ++i) {
    if (field.names[i] == upper) return field.least + static_cast<unsigned>(i);
  }
  return ReadNumber(text);
}

/// Sets what one piece between commas names; `all` when it is the star.
template <size_t N>
Status ReadPiece(std::string_view piece, const FieldOf& field, std::bitset<N>& values, bool& all) {
  const size_t slash = piece.find('/');
  const std::string_view range = piece.substr(0, slash);
  unsigned first = field.least, last = field.most, step = 1;
  const bool star = range == "*" || range == "?";
  if (!star) {
    const size_t dash = range.find('-');
    const auto from = ReadValue(range.substr(0, dash), field);
    const auto to = dash == std::string_view::npos ? from : ReadValue(range.substr(dash + 1), field);
    if (!from || !to) return Wrong(field, piece, "must be numbers, names or *");
    first = *from;
    last = slash != std::string_view::npos && dash == std::string_view::npos ? field.most : *to;
  }
  if (slash != std::string_view::npos) {
    const auto every = ReadNumber(piece.substr(slash + 1));
    if (!every || *every == 0) return Wrong(field, piece, "the step must be a number above 0");
    step = *every;
  }
  if (first < field.least || last > field.most) {
    return Wrong(field, piece, "must be between " + std::to_string(field.least) + " and " + std::to_string(field.most));
  }
  if (first > last) return Wrong(field, piece, "the end of the range is before its beginning");
  all = all || (star && step == 1);
  for (unsigned value = first; value <= last && value >= first; value += step) values.set(value);
  return {};
}

template <size_t N>
Status ReadField(std::string_view text, const FieldOf& field, std::bitset<N>& values, bool& all) {
  for (;;) {
    const size_t comma = text.find(',');
    TRYV(ReadPiece(text.substr(0, comma), field, values, all));
    if (comma == std::string_view::npos) return {};
    text.remove_prefix(comma + 1);
  }
}

/// "1h30m", "90s" as Go writes durations, cut to whole seconds.
std::optional<Duration> ReadDuration(std::string_view text) {
  Duration total = Duration::zero();
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    Duration unit = std::chrono::hours(1);
    size_t length = 1;
    if (text.starts_with("ms")) {
      unit = std::chrono::milliseconds(1);
      length = 2;
    } else if (text.starts_with("m")) {
      unit = std::chrono::minutes(1);
    } else if (text.starts_with("s")) {
      unit = std::chrono::seconds(1);
    } else if (!text.starts_with("h")) {
      return std::nullopt;
    }
    text.remove_prefix(length);
    if (value > 1'000'000) return std::nullopt;
    total += unit * value;
  }
  return std::chrono::floor<std::chrono::seconds>(total);
}

std::string ExpandMacro(const std::string& text) {
  if (text == "@yearly" || text == "@annually") return "0 0 1 1 *";
  if (text == "@monthly") return "0 0 1 * *";
  if (text == "@weekly") return "0 0 * * 0";
  if (text == "@daily" || text == "@midnight") return "0 0 * * *";
  if (text == "@hourly") return "0 * * * *";
  return text;
}

}  // namespace

Result<Schedule> Schedule::Parse(const std::string& text) {
  Schedule schedule;
  constexpr std::string_view kEvery = "@every ";
  if (text.starts_with(kEvery)) {
    const auto every = ReadDuration(std::string_view(text).substr(kEvery.size()));
    if (!every) return MakeError(ErrorCode::kInvalid, "@every must be followed by a duration, as in @every 1h30m");
    schedule.every_ = std::max<Duration>(*every, std::chrono::seconds(1));
    return schedule;
  }
  if (text.starts_with("TZ=") || text.starts_with("CRON_TZ=")) {
    return MakeError(ErrorCode::kInvalid, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
  }
  std::istringstream stream(ExpandMacro(text));
  std::vector<std::string> fields;
  for (std::string field; stream >> field;) fields.push_back(field);
  if (fields.size() != 5) {
    return MakeError(ErrorCode::kInvalid,
                     "must be five fields, minute, hour, day of the month, month and day of the week, "
                     "or one of @yearly, @monthly, @weekly, @daily, @hourly, @every <duration>");
  }
  bool unused = false;
  TRYV(ReadField(fields[0], FieldOf{"minute", 0, 59}, schedule.minutes_, unused));
  TRYV(ReadField(fields[1], FieldOf{"hour", 0, 23}, schedule.hours_, unused));
  TRYV(ReadField(fields[2], FieldOf{"day of the month", 1, 31}, schedule.days_, schedule.any_day_));
  const FieldOf month{
      "month", 1, 12, {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}};
  TRYV(ReadField(fields[3], month, schedule.months_, unused));
  const FieldOf weekday{"day of the week", 0, 6, {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}};
  TRYV(ReadField(fields[4], weekday, schedule.weekdays_, schedule.any_weekday_));
  return schedule;
}

bool Schedule::DayFits(unsigned day, unsigned weekday) const {
  const bool by_day = days_.test(day), by_weekday = weekdays_.test(weekday);
  return any_day_ || any_weekday_ ? by_day && by_weekday : by_day || by_weekday;
}

Schedule Schedule::From(WallTime anchor) const {
  Schedule anchored = *this;
  anchored.anchor_ = std::chrono::floor<std::chrono::seconds>(anchor);
  return anchored;
}

std::chrono::sys_time<std::chrono::minutes> Schedule::PassOver(std::chrono::sys_time<std::chrono::minutes> moment,
                                                               const OffsetAt& offset_at) const {
  using namespace std::chrono;
  const seconds offset(offset_at(moment));
  const sys_seconds local = sys_seconds(moment) + offset;
  const year_month_day date(floor<days>(local));
  const sys_seconds next_day = floor<days>(local) + days(1);
  const sys_seconds next_month = sys_days((date.year() / date.month() / 1) + months(1));
  // Only to where the clocks are as they are now; else by hours, as they may be changed in between.
  for (const sys_seconds to : {months_.test(static_cast<unsigned>(date.month())) ? next_day : next_month, next_day}) {
    const auto landing = std::max(floor<minutes>(to - offset), moment + minutes(1));
    if (seconds(offset_at(landing)) == offset) return landing;
  }
  const auto minute = floor<minutes>(local) - floor<hours>(local);
  return moment + (hours(1) - minute);
}

std::optional<WallTime> Schedule::Next(WallTime after, const OffsetAt& offset_at) const {
  using namespace std::chrono;
  if (every_) {
    const WallTime anchor = anchor_.value_or(floor<seconds>(after));
    // Rounded down, also before the anchor.
    const Duration behind = ((after - anchor) % *every_ + *every_) % *every_;
    return after - behind + *every_;
  }
  constexpr auto kFarthest = days(5 * 366);
  auto moment = floor<minutes>(after) + minutes(1);
  const auto end = moment + kFarthest;
  while (moment < end) {  // some hundred rounds for one that names no moment
    const sys_seconds local = sys_seconds(moment) + seconds(offset_at(moment));
    const sys_days day = floor<days>(local);
    const year_month_day date(day);
    const hh_mm_ss time(local - day);
    const auto minute = static_cast<size_t>(time.minutes().count());
    // By hours at most: in between, the clocks may be changed.
    const minutes to_next_hour(60 - static_cast<int>(minute));
    const bool day_fits = months_.test(static_cast<unsigned>(date.month())) &&
                          DayFits(static_cast<unsigned>(date.day()), weekday(day).c_encoding());
    if (!day_fits) {
      moment = PassOver(moment, offset_at);
    } else if (!hours_.test(static_cast<size_t>(time.hours().count()))) {
      moment += to_next_hour;
    } else if (!minutes_.test(minute)) {
      moment += minutes(1);
    } else {
      return moment;
    }
  }
  return std::nullopt;
}

}  // namespace ordinal::api

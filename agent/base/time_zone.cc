#include "agent/base/time_zone.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

namespace ordinal {
namespace {

constexpr int64_t kDay = 24 * 3600, kHour = 3600, kMinute = 60;
constexpr size_t kMostZoneBytes = 256 * 1024;

Error NoZone(std::string_view what) {
  return MakeError(ErrorCode::kInvalid, "the file of the time zone cannot be read: " + std::string(what));
}

/// Takes numbers and pieces off the front of a file; `failed` when it ends too early.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : left_(bytes) {}

  int64_t Number(size_t width) {
    const std::string_view piece = Piece(width);
    uint64_t value = 0;
    for (const char c : piece) value = value << 8 | static_cast<unsigned char>(c);
    // Two's complement of that width.
    if (width < 8 && !piece.empty() && (piece.front() & 0x80) != 0) value |= ~uint64_t{0} << (8 * width);
    return static_cast<int64_t>(value);
  }
  std::string_view Piece(size_t size) {
    if (size > left_.size()) {
      failed = true;
      return {};
    }
    const std::string_view piece = left_.substr(0, size);
    left_.remove_prefix(size);
    return piece;
  }
  std::string_view Rest() const { return left_; }
  bool failed = false;

 private:
  std::string_view left_;
};

struct Counts {
  int64_t ut = 0, standard = 0, leaps = 0, times = 0, types = 0, letters = 0;
  int64_t DataBytes(int64_t width) const {
    return times * width + times + types * 6 + letters + leaps * (width + 4) + standard + ut;
  }
  bool Sane() const {
    constexpr int64_t kMost = 100'000;
    return std::max({ut, standard, leaps, times, types, letters}) < kMost &&
           std::min({ut, standard, leaps, times, types, letters}) >= 0 && types > 0;
  }
};

Counts ReadHeader(Bytes& bytes, char& version) {
  if (bytes.Piece(4) != "TZif") bytes.failed = true;
  const std::string_view piece = bytes.Piece(1);
  version = piece.empty() ? '\0' : piece.front();
  bytes.Piece(15);
  Counts counts;
  for (int64_t* count : {&counts.ut, &counts.standard, &counts.leaps, &counts.times, &counts.types, &counts.letters}) {
    *count = bytes.Number(4);
  }
  return counts;
}

/// Reads a rule's text from its front.
class RuleText {
 public:
  explicit RuleText(std::string_view text) : left_(text) {}

  bool Take(char c) {
    if (left_.empty() || left_.front() != c) return false;
    left_.remove_prefix(1);
    return true;
  }
  /// "CET" or "<+0330>".
  bool Name() {
    if (Take('<')) {
      const size_t end = left_.find('>');
      if (end == std::string_view::npos) return false;
      left_.remove_prefix(end + 1);
      return true;
    }
    size_t letters = 0;
    while (letters < left_.size() && std::isalpha(static_cast<unsigned char>(left_[letters])) != 0) ++letters;
    left_.remove_prefix(letters);
    return letters >= 3;
  }
  std::optional<int64_t> Number() {
    size_t digits = 0;
    int64_t value = 0;
    while (digits < left_.size() && digits < 4 && std::isdigit(static_cast<unsigned char>(left_[digits])) != 0) {
      value = value * 10 + (left_[digits++] - '0');
    }
    left_.remove_prefix(digits);
    return digits > 0 ? std::optional(value) : std::nullopt;
  }
  /// "[+-]h[h][:mm[:ss]]" in seconds.
  std::optional<int64_t> Time() {
    const bool minus = Take('-');
    if (!minus) Take('+');
    auto seconds = Number();
    if (!seconds) return std::nullopt;
    int64_t total = *seconds * kHour;
    for (const int64_t unit : {kMinute, int64_t{1}}) {
      if (!Take(':')) break;
      seconds = Number();
      if (!seconds) return std::nullopt;
      total += *seconds * unit;
    }
    return minus ? -total : total;
  }
  std::optional<ZoneRule::Day> Date() {
    using Form = ZoneRule::Day::Form;
    ZoneRule::Day date;
    std::optional<int64_t> month = 1, week = 1, day;
    if (Take('M')) {
      month = Number();
      if (!Take('.')) return std::nullopt;
      week = Number();
      if (!Take('.')) return std::nullopt;
    } else {
      date.form = Take('J') ? Form::kJulian : Form::kZeroBased;
    }
    day = Number();
    if (!month || !week || !day || *month < 1 || *month > 12 || *week < 1 || *week > 5 || *day > 366)
      return std::nullopt;
    if (date.form == Form::kMonthWeek && *day > 6) return std::nullopt;
    date.month = static_cast<int>(*month);
    date.week = static_cast<int>(*week);
    date.day = static_cast<int>(*day);
    if (Take('/')) {
      const auto second = Time();
      if (!second) return std::nullopt;
      date.second = *second;
    }
    return date;
  }
  bool empty() const { return left_.empty(); }

 private:
  std::string_view left_;
};

/// The local second, counted as if it were of UTC, at which the rule's day of that year has come.
int64_t SecondOf(const ZoneRule::Day& rule, std::chrono::year year) {
  using namespace std::chrono;
  sys_days day = year / January / 1;
  if (rule.form == ZoneRule::Day::Form::kMonthWeek) {
    const auto month = year / std::chrono::month(static_cast<unsigned>(rule.month));
    const weekday wanted(static_cast<unsigned>(rule.day));
    day = rule.week == 5 ? sys_days(month / wanted[last]) : sys_days(month / wanted[static_cast<unsigned>(rule.week)]);
  } else if (rule.form == ZoneRule::Day::Form::kJulian) {
    const bool after_leap_day = year.is_leap() && rule.day >= 60;
    day += days(rule.day - 1 + (after_leap_day ? 1 : 0));
  } else {
    day += days(rule.day);
  }
  return day.time_since_epoch().count() * kDay + rule.second;
}

int64_t OffsetBy(const ZoneRule& rule, int64_t second) {
  if (!rule.has_summer) return rule.standard;
  using namespace std::chrono;
  const sys_seconds local{seconds(second + rule.standard)};
  const auto year = year_month_day(floor<days>(local)).year();
  const int64_t begins = SecondOf(rule.begins, year) - rule.standard;
  const int64_t ends = SecondOf(rule.ends, year) - rule.summer;
  const bool summer = begins < ends ? second >= begins && second < ends : second >= begins || second < ends;
  return summer ? rule.summer : rule.standard;
}

}  // namespace

Result<ZoneRule> ParseZoneRule(const std::string& text) {
  const Error wrong = MakeError(ErrorCode::kInvalid, "\"" + text + "\" is no rule of a time zone");
  RuleText left(text);
  ZoneRule rule;
  if (!left.Name()) return wrong;
  const auto standard = left.Time();
  if (!standard) return wrong;
  rule.standard = -*standard;
  if (left.empty()) return rule;
  rule.has_summer = true;
  if (!left.Name()) return wrong;
  rule.summer = rule.standard + kHour;
  if (!left.Take(',')) {
    const auto summer = left.Time();
    if (!summer || !left.Take(',')) return wrong;
    rule.summer = -*summer;
  }
  const auto begins = left.Date();
  if (!begins || !left.Take(',')) return wrong;
  const auto ends = left.Date();
  if (!ends || !left.empty()) return wrong;
  rule.begins = *begins;
  rule.ends = *ends;
  return rule;
}

Result<std::shared_ptr<const TimeZone>> TimeZone::Parse(const std::string& file) {
  Bytes bytes(file);
  char version = '\0';
  Counts counts = ReadHeader(bytes, version);
  if (bytes.failed || !counts.Sane() || version < '2') return NoZone("it is no TZif of version 2 or later");
  bytes.Piece(static_cast<size_t>(counts.DataBytes(4)));  // the same in 32 bits
  counts = ReadHeader(bytes, version);
  if (bytes.failed || !counts.Sane()) return NoZone("its second header is damaged");
  std::vector<int64_t> at, type, offset;
  for (int64_t i = 0; i < counts.times; ++i) at.push_back(bytes.Number(8));
  for (int64_t i = 0; i < counts.times; ++i) type.push_back(bytes.Number(1) & 0xff);
  for (int64_t i = 0; i < counts.types; ++i) {
    offset.push_back(bytes.Number(4));
    bytes.Piece(2);
  }
  bytes.Piece(static_cast<size_t>(counts.letters + counts.leaps * 12 + counts.standard + counts.ut));
  if (bytes.failed) return NoZone("it ends too early");
  auto zone = std::make_shared<TimeZone>();
  zone->first_offset_ = offset.front();
  for (size_t i = 0; i < at.size(); ++i) {
    if (type[i] >= counts.types || (i > 0 && at[i] <= at[i - 1])) return NoZone("its transitions are damaged");
    zone->transitions_.push_back({at[i], offset[static_cast<size_t>(type[i])]});
  }
  std::string_view footer = bytes.Rest();
  if (footer.size() > 2 && footer.front() == '\n' && footer.back() == '\n') {
    footer = footer.substr(1, footer.size() - 2);
    TRY(zone->rule_, ParseZoneRule(std::string(footer)));
    zone->has_rule_ = true;
  }
  return std::shared_ptr<const TimeZone>(std::move(zone));
}

Result<std::shared_ptr<const TimeZone>> TimeZone::Load(const std::string& name, const std::string& root) {
  const bool named = !name.empty() && name.find("..") == std::string::npos && name.front() != '/' &&
                     std::all_of(name.begin(), name.end(), [](unsigned char c) {
                       return std::isalnum(c) != 0 || c == '/' || c == '_' || c == '-' || c == '+';
                     });
  if (!named) return MakeError(ErrorCode::kInvalid, "\"" + name + "\" is no name of a time zone");
  if (name == "UTC") return std::make_shared<const TimeZone>();  // known without tzdata too
  std::error_code error;
  const std::filesystem::path path = std::filesystem::path(root) / name;
  if (!std::filesystem::is_regular_file(path, error)) {
    return MakeError(ErrorCode::kNotFound, "there is no time zone " + name + " in " + root);
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes(kMostZoneBytes, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<size_t>(file.gcount()));
  return Parse(bytes);
}

int64_t TimeZone::OffsetAt(WallTime time) const {
  const int64_t second = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  const auto after = std::upper_bound(transitions_.begin(), transitions_.end(), second,
                                      [](int64_t value, const Transition& each) { return value < each.at; });
  if (after == transitions_.end() && has_rule_) return OffsetBy(rule_, second);
  return after == transitions_.begin() ? first_offset_ : std::prev(after)->offset;
}

}  // namespace ordinal

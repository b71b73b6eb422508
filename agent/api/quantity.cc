#include "agent/api/quantity.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace ordinal::api {
namespace {

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 UnsignedWide;

constexpr Wide kNanosPerUnit = 1'000'000'000;
// The reference caps a quantity at the int64 range of units.
constexpr Wide kLargest = Wide{std::numeric_limits<int64_t>::max()} * kNanosPerUnit;
constexpr size_t kFractionDigits = 18;

enum class Format { kDecimal, kBinary, kExponent };

struct Suffix {
  std::string_view text;
  Format format;
  int exponent;  ///< of 10, or of 2 for kBinary
};
constexpr Suffix kSuffixes[] = {
    {"n", Format::kDecimal, -9}, {"u", Format::kDecimal, -6}, {"m", Format::kDecimal, -3}, {"", Format::kDecimal, 0},
    {"k", Format::kDecimal, 3},  {"M", Format::kDecimal, 6},  {"G", Format::kDecimal, 9},  {"T", Format::kDecimal, 12},
    {"P", Format::kDecimal, 15}, {"E", Format::kDecimal, 18}, {"Ki", Format::kBinary, 10}, {"Mi", Format::kBinary, 20},
    {"Gi", Format::kBinary, 30}, {"Ti", Format::kBinary, 40}, {"Pi", Format::kBinary, 50}, {"Ei", Format::kBinary, 60},
};

struct Parts {
  bool negative = false;
  std::string digits;   ///< integer and fraction digits, without leading zeros
  size_t fraction = 0;  ///< how many of them are fraction digits
  bool lost = false;    ///< fraction digits beyond kFractionDigits were not all zero
  Format format = Format::kDecimal;
  int exponent = 0;
};

std::optional<Parts> ReadSuffix(std::string_view suffix, Parts parts) {
  for (const auto& known : kSuffixes) {
    if (known.text == suffix) {
      parts.format = known.format;
      parts.exponent = known.exponent;
      return parts;
    }
  }
  if (suffix.size() < 2 || (suffix[0] != 'e' && suffix[0] != 'E')) return std::nullopt;
  std::string_view number = suffix.substr(1);
  if (number[0] == '+') number.remove_prefix(1);
  auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), parts.exponent);
  if (error != std::errc() || end != number.data() + number.size()) return std::nullopt;
  parts.exponent = std::clamp(parts.exponent, -1000, 1000);
  parts.format = Format::kExponent;
  return parts;
}

std::optional<Parts> Split(std::string_view text) {
  Parts parts;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    parts.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  bool any = false, point = false;
  size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    any = true;
    if (point && parts.fraction == kFractionDigits) {
      parts.lost |= c != '0';
      continue;
    }
    if (point) ++parts.fraction;
    if (!parts.digits.empty() || c != '0') parts.digits += c;
  }
  if (!any) return std::nullopt;
  return ReadSuffix(text.substr(i), std::move(parts));
}

/// Divides rounding up, so that 0.1n is not lost.
UnsignedWide DivideUp(UnsignedWide value, UnsignedWide divisor) { return (value + divisor - 1) / divisor; }

Wide ToNano(const Parts& parts) {
  constexpr size_t kMostDigits = 19 + kFractionDigits;
  UnsignedWide value = 0;
  if (parts.digits.size() > kMostDigits) return parts.negative ? -kLargest : kLargest;
  for (char c : parts.digits) value = value * 10 + static_cast<unsigned>(c - '0');
  if (parts.lost) ++value;
  int ten = 9 - static_cast<int>(parts.fraction);
  if (parts.format == Format::kBinary) {
    const UnsignedWide factor = UnsignedWide{1} << parts.exponent;
    while (ten < 0 && value > ~UnsignedWide{0} / factor) {
      value = DivideUp(value, 10);
      ++ten;
    }
    if (value > ~UnsignedWide{0} / factor) return parts.negative ? -kLargest : kLargest;
    value *= factor;
  } else {
    ten += parts.exponent;
  }
  for (; ten < 0 && value > 1; ++ten) value = DivideUp(value, 10);
  const auto largest = static_cast<UnsignedWide>(kLargest);
  for (; ten > 0 && value != 0 && value <= largest; --ten) value *= 10;
  const Wide nano = static_cast<Wide>(std::min(value, largest));
  return parts.negative ? -nano : nano;
}

/// Rounds away from zero, as resource.Quantity.Value does.
int64_t RoundAway(Wide nano, Wide unit) {
  const Wide magnitude = ((nano < 0 ? -nano : nano) + unit - 1) / unit;
  const Wide most = std::numeric_limits<int64_t>::max();
  const auto value = static_cast<int64_t>(magnitude > most ? most : magnitude);
  return nano < 0 ? -value : value;
}

std::string WithSuffix(bool negative, UnsignedWide number, Format format, int exponent) {
  std::string text;
  do {
    text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(number % 10)));
    number /= 10;
  } while (number != 0);
  if (negative) text.insert(text.begin(), '-');
  if (format == Format::kExponent) return exponent == 0 ? text : text + "e" + std::to_string(exponent);
  for (const auto& suffix : kSuffixes) {
    if (suffix.format == format && suffix.exponent == exponent) return text + std::string(suffix.text);
  }
  return text;
}

Error Malformed(std::string_view text) {
  return MakeError(ErrorCode::kInvalid, "\"" + std::string(text) +
                                            "\" is not a quantity: write a number and a suffix such as 500m, 2, 64Mi "
                                            "or 1Gi");
}

}  // namespace

Result<Quantity> Quantity::Parse(std::string_view text) {
  auto parts = Split(text);
  if (!parts) return Malformed(text);
  Quantity quantity;
  quantity.nano_ = ToNano(*parts);
  return quantity;
}

Result<std::string> Quantity::Canonical(std::string_view text) {
  auto parts = Split(text);
  if (!parts) return Malformed(text);
  const Wide nano = ToNano(*parts);
  if (nano == 0) return std::string("0");
  const bool negative = nano < 0;
  auto number = static_cast<UnsignedWide>(negative ? -nano : nano);
  const auto unit = static_cast<UnsignedWide>(kNanosPerUnit);
  if (parts->format == Format::kBinary && number >= 1024 * unit && number % unit == 0) {
    number /= unit;
    int exponent = 0;
    for (; number % 1024 == 0 && exponent < 60; exponent += 10) number /= 1024;
    return WithSuffix(negative, number, exponent == 0 ? Format::kDecimal : Format::kBinary, exponent);
  }
  int exponent = -9;
  for (; number % 1000 == 0 && exponent < 18; exponent += 3) number /= 1000;
  return WithSuffix(negative, number, parts->format == Format::kExponent ? Format::kExponent : Format::kDecimal,
                    exponent);
}

int64_t Quantity::Value() const { return RoundAway(nano_, kNanosPerUnit); }
int64_t Quantity::MilliValue() const { return RoundAway(nano_, kNanosPerUnit / 1000); }

Quantity Quantity::operator+(const Quantity& other) const {
  Quantity sum;
  sum.nano_ = std::clamp<Wide>(nano_ + other.nano_, -kLargest, kLargest);
  return sum;
}

Quantity Quantity::operator-(const Quantity& other) const {
  Quantity difference;
  difference.nano_ = std::clamp<Wide>(nano_ - other.nano_, -kLargest, kLargest);
  return difference;
}

Quantity Quantity::Sum::Total() const {
  Quantity total;
  total.nano_ = std::clamp<Wide>(nano_, -kLargest, kLargest);
  return total;
}

}  // namespace ordinal::api

#include "agent/api/text/yaml_scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "agent/api/base64.h"
#include "agent/base/utf8.h"

namespace ordinal::api {
namespace {

constexpr std::string_view kTrueWords[] = {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"};
constexpr std::string_view kFalseWords[] = {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"};
constexpr std::string_view kNullWords[] = {"", "~", "null", "Null", "NULL"};

template <size_t N>
bool Among(const std::string_view (&words)[N], std::string_view text) {
  return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

/// A whole number in the base its prefix names; nothing when `text` is none or does not fit.
std::optional<Json> Integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char mark = text[1];
    const bool octal = mark >= '0' && mark <= '9';
    if (octal || mark == 'o' || mark == 'O') base = 8;
    if (mark == 'x' || mark == 'X') base = 16;
    if (mark == 'b' || mark == 'B') base = 2;
    if (base != 10) text.remove_prefix(octal ? 1 : 2);
  }
  if (text.empty() || text.front() == '-' || text.front() == '+') return std::nullopt;
  uint64_t magnitude = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), magnitude, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!negative && magnitude > static_cast<uint64_t>(INT64_MAX)) return Json(magnitude);
  if (magnitude > static_cast<uint64_t>(INT64_MAX) + (negative ? 1 : 0)) return std::nullopt;
  return Json(negative ? static_cast<int64_t>(-magnitude) : static_cast<int64_t>(magnitude));
}

bool LooksLikeFloat(std::string_view text) {
  size_t i = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  size_t digits = 0;
  const auto skip_digits = [&] {
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) ++digits;
  };
  skip_digits();
  if (i < text.size() && text[i] == '.') {
    ++i;
    skip_digits();
  }
  if (digits == 0) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    digits = 0;
    skip_digits();
    if (digits == 0) return false;
  }
  return i == text.size();
}

/// A number with a fraction or exponent. One without a fraction part in its value becomes a whole number, as it does
/// on its way through JSON in the reference: 3.0 → 3.
std::optional<Json> Float(std::string_view text) {
  if (!LooksLikeFloat(text)) return std::nullopt;
  if (text.front() == '+') text.remove_prefix(1);
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  constexpr double kExact = 9007199254740992;  // 2^53: whole doubles below it are exact
  if (std::abs(value) < kExact && value == std::floor(value)) return Json(static_cast<int64_t>(value));
  return Json(value);
}

bool NotFinite(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text == ".inf" || text == ".Inf" || text == ".INF" || text == ".nan" || text == ".NaN" || text == ".NAN";
}

std::optional<Json> Number(const std::string& text) {
  if (text.empty() || std::string_view("0123456789+-.").find(text[0]) == std::string_view::npos) return std::nullopt;
  std::string plain;
  for (char c : text) {
    // A number may be grouped, 1_000, but not when it starts with its point.
    if (c != '_' || text.front() == '.') plain += c;
  }
  if (auto value = Integer(plain)) return value;
  return Float(plain);
}

}  // namespace

Result<Json> ResolveScalar(const std::string& text) {
  if (Among(kNullWords, text)) return Json(nullptr);
  if (Among(kTrueWords, text)) return Json(true);
  if (Among(kFalseWords, text)) return Json(false);
  if (NotFinite(text)) return MakeError(ErrorCode::kInvalid, text + " is no number a field can hold");
  if (auto number = Number(text)) return *number;
  return Json(text);
}

Result<Json> ResolveTagged(std::string_view tag, const std::string& text) {
  const std::string_view name = tag.substr(tag.rfind(':') == std::string_view::npos ? 0 : tag.rfind(':') + 1);
  if (name == "str" || name == "timestamp") return Json(text);
  if (name == "binary") {
    auto bytes = DecodeBase64(text);
    if (bytes.ok() && FirstBadByte(*bytes) == bytes->size()) return Json(std::move(*bytes));
    return MakeError(ErrorCode::kInvalid, "a !!binary value must be base64 of UTF-8 text; use binaryData or data");
  }
  TRY(Json value, ResolveScalar(text));
  const bool fits = (name == "int" && value.is_number_integer()) || (name == "float" && value.is_number()) ||
                    (name == "bool" && value.is_boolean()) || (name == "null" && value.is_null());
  if (fits) return value;
  return MakeError(ErrorCode::kInvalid, "\"" + text + "\" cannot be read with the tag " + std::string(tag) +
                                            "; write a plain or a quoted value");
}

Result<std::string> ResolveKey(const Json& key) {
  if (key.is_string()) return key.get<std::string>();
  if (key.is_boolean() || key.is_number()) return key.dump();
  return MakeError(ErrorCode::kInvalid, "a field's name may not be empty");
}

}  // namespace ordinal::api

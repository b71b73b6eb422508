#include "agent/api/base64.h"

#include <array>
#include <cstdint>

namespace ordinal::api {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr int8_t kNoDigit = -1;

constexpr std::array<int8_t, 256> Digits() {
  std::array<int8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (size_t i = 0; i < kAlphabet.size(); ++i) digits[static_cast<uint8_t>(kAlphabet[i])] = static_cast<int8_t>(i);
  return digits;
}
constexpr auto kDigits = Digits();

}  // namespace

std::string EncodeBase64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](size_t k) {
      return i + k < bytes.size() ? static_cast<uint32_t>(static_cast<uint8_t>(bytes[i + k])) : 0u;
    };
    const uint32_t group = byte(0) << 16 | byte(1) << 8 | byte(2);
    text += kAlphabet[group >> 18 & 63];
    text += kAlphabet[group >> 12 & 63];
    text += i + 1 < bytes.size() ? kAlphabet[group >> 6 & 63] : '=';
    text += i + 2 < bytes.size() ? kAlphabet[group & 63] : '=';
  }
  return text;
}

Result<std::string> DecodeBase64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  uint32_t group = 0;
  int digits = 0, padding = 0;
  size_t at = 0;
  for (; at < text.size() && !(padding > 0 && digits == 0); ++at) {
    const char c = text[at];
    if (c == '\n' || c == '\r') continue;
    const int8_t digit = kDigits[static_cast<uint8_t>(c)];
    const bool pad = c == '=' && digits >= 2;
    const bool misplaced = padding > 0 ? !pad : !pad && digit == kNoDigit;
    if (misplaced) return MakeError(ErrorCode::kInvalid, "the text is not base64");
    padding += pad ? 1 : 0;
    group = group << 6 | static_cast<uint32_t>(pad ? 0 : digit);
    if (++digits < 4) continue;
    for (int shift = 16; shift >= 8 * padding; shift -= 8) bytes += static_cast<char>(group >> shift & 0xFF);
    group = 0;
    digits = 0;
  }
  // Nothing may follow the padding.
  if (digits != 0 || text.find_first_not_of("\r\n", at) != std::string_view::npos) {
    return MakeError(ErrorCode::kInvalid, "the text is not base64");
  }
  return bytes;
}

}  // namespace ordinal::api

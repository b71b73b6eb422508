#include "agent/api/custom/version_order.h"

#include <charconv>
#include <cstdint>
#include <tuple>

namespace ordinal::api::custom {
namespace {

struct VersionParts {
  int stability = 0;
  uint64_t major = 0, minor = 0;
};

/// A number that does not begin with 0, off the front of `text`; 0: there is none.
uint64_t TakeNumber(std::string_view& text) {
  uint64_t number = 0;
  if (text.empty() || text.front() == '0') return 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return 0;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

VersionParts PartsOf(std::string_view text) {
  VersionParts parts;
  if (!text.starts_with('v')) return {};
  text.remove_prefix(1);
  parts.major = TakeNumber(text);
  if (parts.major == 0) return {};
  if (text.empty()) return {3, parts.major, 0};
  const bool alpha = text.starts_with("alpha"), beta = text.starts_with("beta");
  if (!alpha && !beta) return {};
  text.remove_prefix(alpha ? 5 : 4);
  parts.minor = TakeNumber(text);
  if (parts.minor == 0 || !text.empty()) return {};
  parts.stability = alpha ? 1 : 2;
  return parts;
}

}  // namespace

int StabilityOf(std::string_view version) { return PartsOf(version).stability; }

bool IsPreferred(std::string_view a, std::string_view b) {
  const VersionParts one = PartsOf(a), other = PartsOf(b);
  if (one.stability == 0 && other.stability == 0) return a < b;
  return std::tie(one.stability, one.major, one.minor) > std::tie(other.stability, other.major, other.minor);
}

}  // namespace ordinal::api::custom

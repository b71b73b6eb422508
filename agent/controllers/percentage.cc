#include "agent/controllers/percentage.h"

#include <algorithm>
#include <charconv>

namespace ordinal::controllers {

int64_t PodsOf(const std::string& text, int64_t replicas, bool round_up) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) value = kMostPods;
  value = std::min(value, kMostPods);
  if (!text.ends_with('%')) return value;
  return std::min((replicas * value + (round_up ? 99 : 0)) / 100, kMostPods);
}

}  // namespace ordinal::controllers

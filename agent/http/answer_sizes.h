// AnswerSizes: how large the last answer of each path was, by which the next one is guessed. As many paths as there are
// slots; two that share one are taken for each other. HTTP thread only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>

#include "agent/http/target.h"

namespace ordinal::http {

class AnswerSizes {
 public:
  void Was(std::string_view target, size_t bytes) {
    constexpr size_t kMost = std::numeric_limits<uint32_t>::max();
    Slot(target) = static_cast<uint32_t>(bytes < kMost ? bytes : kMost);
  }
  size_t Last(std::string_view target) { return Slot(target); }

 private:
  uint32_t& Slot(std::string_view target) {
    return slots_[std::hash<std::string_view>()(PathOf(target)) % slots_.size()];
  }
  std::array<uint32_t, 1024> slots_{};
};

}  // namespace ordinal::http

#include "agent/base/random.h"

#include <fmt/format.h>

#include <string_view>

namespace ordinal {

uint64_t SystemRandom::Next() { return (static_cast<uint64_t>(device_()) << 32) | device_(); }

std::string NewUid(Random& random) {
  const uint64_t high = (random.Next() & ~0xF000ULL) | 0x4000ULL;                              // version 4
  const uint64_t low = (random.Next() & 0x3FFF'FFFF'FFFF'FFFFULL) | 0x8000'0000'0000'0000ULL;  // variant 1
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF, high & 0xFFFF, low >> 48,
                     low & 0xFFFF'FFFF'FFFFULL);
}

std::string NameSuffix(Random& random, size_t length) {
  static constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  std::string suffix(length, ' ');
  for (char& c : suffix) c = kAlphabet[random.Next() % kAlphabet.size()];
  return suffix;
}

}  // namespace ordinal

// The numbers of the DNS protocol that this room speaks (RFC 1035, 2782, 3596, 6891).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ordinal::dns::wire {

using Bytes = std::span<const uint8_t>;
using MutableBytes = std::span<uint8_t>;

/// Record and question types. A value outside this list is carried through unchanged.
enum class Type : uint16_t {
  kA = 1,
  kNs = 2,
  kCname = 5,
  kSoa = 6,
  kPtr = 12,
  kMx = 15,
  kTxt = 16,
  kAaaa = 28,
  kSrv = 33,
  kOpt = 41,
  kIxfr = 251,
  kAxfr = 252,
  kAny = 255,
};

enum class Rcode : uint16_t {
  kNoError = 0,
  kFormErr = 1,
  kServFail = 2,
  kNxDomain = 3,
  kNotImp = 4,
  kRefused = 5,
  kBadVers = 16,  ///< Extended: 0 in the header, 1 in the OPT record (RFC 6891 section 6.1.3).
};

inline constexpr uint16_t kClassIn = 1;

inline constexpr size_t kHeaderSize = 12;
inline constexpr size_t kMaxNameSize = 255;
inline constexpr size_t kMaxMessageSize = 65535;
inline constexpr size_t kMinUdpSize = 512;   ///< What a client without EDNS can take.
inline constexpr size_t kMaxUdpSize = 1232;  ///< Fits every path without fragments (DNS flag day 2020).
inline constexpr size_t kOptSize = 11;       ///< An OPT record without options.

// Header flags, as they lie in the second 16-bit word.
inline constexpr uint16_t kFlagQr = 0x8000;
inline constexpr uint16_t kOpcodeMask = 0x7800;
inline constexpr uint16_t kFlagAa = 0x0400;
inline constexpr uint16_t kFlagTc = 0x0200;
inline constexpr uint16_t kFlagRd = 0x0100;
inline constexpr uint16_t kFlagRa = 0x0080;
inline constexpr uint16_t kFlagCd = 0x0010;
inline constexpr uint16_t kRcodeMask = 0x000F;
inline constexpr uint16_t kEdnsDo = 0x8000;  ///< In the low half of the OPT record's TTL.

inline constexpr uint16_t kPointer = 0xC000;          ///< Marks a compression pointer.
inline constexpr size_t kPointerReach = 0x4000;       ///< Offsets from here on cannot be pointed at.
inline constexpr uint16_t kQuestionPointer = 0xC00C;  ///< Points at the question's name.

/// "A", "SRV", "TYPE65" (RFC 3597 for types without a name here).
std::string ToString(Type type);
/// "NOERROR", "NXDOMAIN", "RCODE9".
std::string ToString(Rcode rcode);

inline uint16_t Load16(const uint8_t* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }
inline void Store16(uint8_t* at, uint16_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}
inline void Store32(uint8_t* at, uint32_t value) {
  Store16(at, static_cast<uint16_t>(value >> 16));
  Store16(at + 2, static_cast<uint16_t>(value));
}

/// ASCII lower case; every other byte stays (RFC 4343).
inline uint8_t LowerByte(uint8_t c) { return c >= 'A' && c <= 'Z' ? static_cast<uint8_t>(c | 0x20) : c; }

}  // namespace ordinal::dns::wire

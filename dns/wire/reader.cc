#include "dns/wire/reader.h"

namespace ordinal::dns::wire {
namespace {

constexpr uint8_t kPointerBits = 0xC0;

}  // namespace

bool Reader::U8(uint8_t& out) {
  if (left() < 1) return false;
  out = message_[offset_++];
  return true;
}

bool Reader::U16(uint16_t& out) {
  if (left() < 2) return false;
  out = Load16(message_.data() + offset_);
  offset_ += 2;
  return true;
}

bool Reader::U32(uint32_t& out) {
  uint16_t high = 0;
  uint16_t low = 0;
  if (!U16(high) || !U16(low)) return false;
  out = static_cast<uint32_t>(high) << 16 | low;
  return true;
}

bool Reader::Take(size_t size, Bytes& out) {
  if (left() < size) return false;
  out = message_.subspan(offset_, size);
  offset_ += size;
  return true;
}

bool Reader::Skip(size_t size) {
  if (left() < size) return false;
  offset_ += size;
  return true;
}

bool Reader::ReadName(Name& out) {
  out = Name();
  size_t at = offset_;
  size_t lowest = offset_;  // the earliest byte this name has used
  bool jumped = false;
  while (at < message_.size()) {
    const uint8_t length = message_[at];
    if ((length & kPointerBits) == kPointerBits) {
      if (at + 1 >= message_.size()) return false;
      const size_t target = Load16(message_.data() + at) & ~kPointer & 0xFFFF;
      if (!jumped) offset_ = at + 2;
      jumped = true;
      if (target >= lowest) return false;
      lowest = at = target;
      continue;
    }
    if ((length & kPointerBits) != 0) return false;
    if (length == 0) {
      if (!jumped) offset_ = at + 1;
      return true;
    }
    if (at + 1 + length > message_.size() || !out.Append(message_.data() + at + 1, length)) return false;
    at += 1U + length;
  }
  return false;
}

bool Reader::SkipName() {
  size_t used = 0;
  uint8_t length = 0;
  while (U8(length)) {
    if ((length & kPointerBits) == kPointerBits) return Skip(1);
    if ((length & kPointerBits) != 0) return false;
    if (length == 0) return true;
    used += 1U + length;
    if (used + 1 > kMaxNameSize || !Skip(length)) return false;
  }
  return false;
}

}  // namespace ordinal::dns::wire

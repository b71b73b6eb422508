// Reader: bounds-checked reading of a DNS message. Every call returns false instead of reading past the end;
// after a false the reader's position is unspecified and the message is to be given up.
#pragma once

#include "dns/wire/name.h"
#include "dns/wire/types.h"

namespace ordinal::dns::wire {

class Reader {
 public:
  /// `message` from its first header byte, since compression pointers count from there.
  explicit Reader(Bytes message) : message_(message) {}

  bool U8(uint8_t& out);
  bool U16(uint16_t& out);
  bool U32(uint32_t& out);
  bool Take(size_t size, Bytes& out);
  bool Skip(size_t size);
  /// Follows compression pointers. Each must point before every byte read for this name so far, so that no
  /// chain of them can be endless; a forward, self or looping pointer is an error.
  bool ReadName(Name& out);
  /// Steps over a name without following its pointer.
  bool SkipName();

  size_t offset() const { return offset_; }
  size_t left() const { return message_.size() - offset_; }

 private:
  Bytes message_;
  size_t offset_ = 0;
};

}  // namespace ordinal::dns::wire

// ReplyWriter: builds an answer straight into the caller's buffer from pre-rendered records. No allocation.
//
//   | header 12 | question, as asked | answer … | authority … | additional … | OPT 11, if asked with EDNS |
//
// A pre-rendered record begins with a two-byte pointer for its owner name, which the writer patches.
#pragma once

#include <string_view>

#include "dns/wire/query.h"
#include "dns/wire/types.h"

namespace ordinal::dns::wire {

enum class Section { kAnswer, kAuthority, kAdditional };

class ReplyWriter {
 public:
  /// `query` was read from `request` with Verdict::kQuestion. `limit` (at least kMinUdpSize, at most `out`'s size)
  /// bounds the whole message, OPT included.
  ReplyWriter(Bytes request, const Query& query, MutableBytes out, size_t limit);

  /// Appends one or more whole records of one owner. `count` is their number. `owner_offset` is where the owner's
  /// name lies in this message; only the first record's owner is patched. False when they do not fit: then
  /// nothing is written.
  bool Append(Section section, std::string_view records, uint16_t count, size_t owner_offset);
  /// The same for an owner that no pointer reaches: its name is written out. `owner` is in wire form.
  bool AppendFullOwner(Section section, std::string_view record, std::string_view owner);

  /// Overwrites two bytes written before with a pointer to `target`.
  void PatchPointer(size_t at, size_t target) {
    Store16(out_.data() + at, static_cast<uint16_t>(kPointer | (target & (kPointerReach - 1))));
  }

  size_t position() const { return position_; }

  /// Writes header and OPT. `flags`: AA and TC as wanted. Returns the message's size.
  size_t Finish(Rcode rcode, uint16_t flags);

 private:
  const Query& query_;
  MutableBytes out_;
  size_t limit_;  // for records: the OPT record's room is set aside
  size_t position_;
  uint16_t counts_[3] = {};
};

/// The size of the record at the front of `records` (pre-rendered form).
inline size_t RenderedSize(std::string_view records) {
  return kHeaderSize + Load16(reinterpret_cast<const uint8_t*>(records.data()) + 10);
}

}  // namespace ordinal::dns::wire

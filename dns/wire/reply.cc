#include "dns/wire/reply.h"

#include <cstring>

namespace ordinal::dns::wire {

ReplyWriter::ReplyWriter(Bytes request, const Query& query, MutableBytes out, size_t limit)
    : query_(query),
      out_(out),
      limit_(limit - (query.has_edns ? kOptSize : 0)),
      position_(kHeaderSize + query.question_size) {
  std::memcpy(out_.data() + kHeaderSize, request.data() + kHeaderSize, query.question_size);
}

bool ReplyWriter::Append(Section section, std::string_view records, uint16_t count, size_t owner_offset) {
  if (position_ + records.size() > limit_) return false;
  std::memcpy(out_.data() + position_, records.data(), records.size());
  PatchPointer(position_, owner_offset);
  position_ += records.size();
  counts_[static_cast<size_t>(section)] = static_cast<uint16_t>(counts_[static_cast<size_t>(section)] + count);
  return true;
}

bool ReplyWriter::AppendFullOwner(Section section, std::string_view record, std::string_view owner) {
  const std::string_view rest = record.substr(2);
  if (position_ + owner.size() + rest.size() > limit_) return false;
  std::memcpy(out_.data() + position_, owner.data(), owner.size());
  std::memcpy(out_.data() + position_ + owner.size(), rest.data(), rest.size());
  position_ += owner.size() + rest.size();
  ++counts_[static_cast<size_t>(section)];
  return true;
}

size_t ReplyWriter::Finish(Rcode rcode, uint16_t flags) {
  uint8_t* header = out_.data();
  Store16(header, query_.id);
  Store16(header + 2, static_cast<uint16_t>(kFlagQr | flags | (query_.flags & (kFlagRd | kFlagCd)) |
                                            (static_cast<uint16_t>(rcode) & kRcodeMask)));
  Store16(header + 4, 1);
  Store16(header + 6, counts_[0]);
  Store16(header + 8, counts_[1]);
  Store16(header + 10, static_cast<uint16_t>(counts_[2] + (query_.has_edns ? 1 : 0)));
  if (query_.has_edns) {
    WriteOpt(query_, rcode, header + position_);
    position_ += kOptSize;
  }
  return position_;
}

}  // namespace ordinal::dns::wire

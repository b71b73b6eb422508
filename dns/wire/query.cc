#include "dns/wire/query.h"

#include <algorithm>
#include <cstring>

#include "dns/wire/reader.h"

namespace ordinal::dns::wire {
namespace {

/// Reads the question's name into lower case. A question comes first, so a pointer in it has nothing to point
/// at and is malformed.
bool ParseQuestion(Bytes request, Query& query) {
  size_t at = kHeaderSize;
  while (at < request.size()) {
    const uint8_t length = request[at];
    if (length > 63) return false;
    const size_t next = at + 1 + length;
    if (next - kHeaderSize > (length == 0 ? kMaxNameSize : kMaxNameSize - 1) || next > request.size()) return false;
    uint8_t* out = query.lower_name.data() + (at - kHeaderSize);
    *out++ = length;
    for (size_t i = at + 1; i < next; ++i) *out++ = LowerByte(request[i]);
    at = next;
    if (length != 0) continue;
    if (at + 4 > request.size()) return false;
    query.name_size = static_cast<uint8_t>(at - kHeaderSize);
    query.type = static_cast<Type>(Load16(request.data() + at));
    query.klass = Load16(request.data() + at + 2);
    query.question_size = static_cast<uint16_t>(query.name_size + 4);
    return true;
  }
  return false;
}

/// Steps over one record and notes an OPT record. False for a malformed one and for a second OPT.
bool ParseRecord(Reader& reader, bool additional, Query& query) {
  const size_t start = reader.offset();
  uint16_t type = 0;
  uint16_t klass = 0;
  uint32_t ttl = 0;
  uint16_t size = 0;
  if (!reader.SkipName() || !reader.U16(type)) return false;
  const size_t class_offset = reader.offset();
  if (!reader.U16(klass) || !reader.U32(ttl) || !reader.U16(size) || !reader.Skip(size)) return false;
  if (static_cast<Type>(type) != Type::kOpt) return true;
  const bool root_owner = class_offset == start + 3;
  if (!additional || query.has_edns || !root_owner) return false;
  query.has_edns = true;
  query.payload_size = klass;
  query.opt_offset = static_cast<uint16_t>(class_offset);
  query.edns_version = static_cast<uint8_t>(ttl >> 16);
  query.dnssec_ok = (ttl & kEdnsDo) != 0;
  return true;
}

}  // namespace

size_t Query::UdpLimit() const {
  if (!has_edns) return kMinUdpSize;
  return std::clamp<size_t>(payload_size, kMinUdpSize, kMaxUdpSize);
}

Verdict ParseQuery(Bytes request, Query& query) {
  query.question_size = 0;
  query.name_size = 0;
  query.has_edns = false;
  query.dnssec_ok = false;
  if (request.size() < kHeaderSize || request.size() > kMaxMessageSize) return Verdict::kDrop;
  query.id = Load16(request.data());
  query.flags = Load16(request.data() + 2);
  if ((query.flags & kFlagQr) != 0) return Verdict::kDrop;
  if ((query.flags & kOpcodeMask) != 0) return Verdict::kNotImp;
  const uint16_t questions = Load16(request.data() + 4);
  const uint32_t plain = Load16(request.data() + 6) + Load16(request.data() + 8);
  const uint32_t additional = Load16(request.data() + 10);
  if (questions != 1 || !ParseQuestion(request, query)) return Verdict::kFormErr;
  Reader reader(request);
  if (!reader.Skip(kHeaderSize + query.question_size)) return Verdict::kFormErr;
  for (uint32_t i = 0; i < plain + additional; ++i) {
    if (!ParseRecord(reader, i >= plain, query)) return Verdict::kFormErr;
  }
  if (query.has_edns && query.edns_version != 0) return Verdict::kBadVers;
  return Verdict::kQuestion;
}

void WriteOpt(const Query& query, Rcode rcode, uint8_t* at) {
  at[0] = 0;  // the root name
  Store16(at + 1, static_cast<uint16_t>(Type::kOpt));
  Store16(at + 3, kMaxUdpSize);
  at[5] = static_cast<uint8_t>(static_cast<uint16_t>(rcode) >> 4);
  at[6] = 0;                                       // version
  Store16(at + 7, query.dnssec_ok ? kEdnsDo : 0);  // copied, RFC 3225 section 3
  Store16(at + 9, 0);
}

size_t WriteError(Bytes request, const Query& query, Rcode rcode, MutableBytes out) {
  const size_t question = query.question_size;
  Store16(out.data(), query.id);
  Store16(out.data() + 2, static_cast<uint16_t>(kFlagQr | (query.flags & (kOpcodeMask | kFlagRd | kFlagCd)) |
                                                (static_cast<uint16_t>(rcode) & kRcodeMask)));
  std::memset(out.data() + 4, 0, 8);
  Store16(out.data() + 4, question > 0 ? 1 : 0);
  if (question > 0) std::memcpy(out.data() + kHeaderSize, request.data() + kHeaderSize, question);
  size_t size = kHeaderSize + question;
  if (query.has_edns) {
    WriteOpt(query, rcode, out.data() + size);
    Store16(out.data() + 10, 1);
    size += kOptSize;
  }
  return size;
}

}  // namespace ordinal::dns::wire

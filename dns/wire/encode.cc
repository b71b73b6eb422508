#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "dns/wire/message.h"

namespace ordinal::dns::wire {
namespace {

class Encoder {
 public:
  std::vector<uint8_t>& bytes() { return bytes_; }

  void U8(uint8_t value) { bytes_.push_back(value); }
  void U16(uint16_t value) {
    U8(static_cast<uint8_t>(value >> 8));
    U8(static_cast<uint8_t>(value));
  }
  void U32(uint32_t value) {
    U16(static_cast<uint16_t>(value >> 16));
    U16(static_cast<uint16_t>(value));
  }
  void Append(const auto& range) { bytes_.insert(bytes_.end(), range.begin(), range.end()); }

  void PutName(const Name& name, bool compress) {
    const Name lower = name.Lower();
    std::string_view rest = name.wire();
    std::string_view key = lower.wire();
    while (rest.size() > 1) {
      const auto known = offsets_.find(std::string(key));
      if (compress && known != offsets_.end()) return U16(static_cast<uint16_t>(kPointer | known->second));
      if (known == offsets_.end() && bytes_.size() < kPointerReach) {
        offsets_.emplace(key, static_cast<uint16_t>(bytes_.size()));
      }
      const size_t label = 1U + static_cast<uint8_t>(rest.front());
      Append(rest.substr(0, label));
      rest.remove_prefix(label);
      key.remove_prefix(label);
    }
    U8(0);
  }

  /// Forgets everything written from `size` on.
  void Rewind(size_t size) {
    bytes_.resize(size);
    std::erase_if(offsets_, [size](const auto& entry) { return entry.second >= size; });
  }

 private:
  std::vector<uint8_t> bytes_;
  std::unordered_map<std::string, uint16_t> offsets_;
};

/// One overload a kind of data. False for data that no record can carry. SRV targets stay uncompressed (RFC 2782).
struct DataEncoder {
  Encoder& out;

  bool operator()(const AddressV4& address) const { return out.Append(address.bytes), true; }
  bool operator()(const AddressV6& address) const { return out.Append(address.bytes), true; }
  bool operator()(const NameData& data) const { return out.PutName(data.name, true), true; }
  bool operator()(const RawData& raw) const { return out.Append(raw.bytes), true; }
  bool operator()(const MxData& mx) const {
    out.U16(mx.preference);
    out.PutName(mx.exchange, true);
    return true;
  }
  bool operator()(const SrvData& srv) const {
    out.U16(srv.priority);
    out.U16(srv.weight);
    out.U16(srv.port);
    out.PutName(srv.target, false);
    return true;
  }
  bool operator()(const SoaData& soa) const {
    out.PutName(soa.mname, true);
    out.PutName(soa.rname, true);
    for (const uint32_t number : {soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum}) out.U32(number);
    return true;
  }
  bool operator()(const TxtData& txt) const {
    for (const std::string& text : txt.strings) {
      if (text.size() > 255) return false;
      out.U8(static_cast<uint8_t>(text.size()));
      out.Append(text);
    }
    return true;
  }
};

/// Whether `data` is what a record of `type` carries; Decode() would read it back as the same alternative.
bool Fits(Type type, const Rdata& data) {
  switch (type) {
    case Type::kA: return std::holds_alternative<AddressV4>(data);
    case Type::kAaaa: return std::holds_alternative<AddressV6>(data);
    case Type::kNs:
    case Type::kCname:
    case Type::kPtr: return std::holds_alternative<NameData>(data);
    case Type::kMx: return std::holds_alternative<MxData>(data);
    case Type::kSrv: return std::holds_alternative<SrvData>(data);
    case Type::kSoa: return std::holds_alternative<SoaData>(data);
    case Type::kTxt: return std::holds_alternative<TxtData>(data);
    case Type::kOpt: return false;
    default: return std::holds_alternative<RawData>(data);
  }
}

Status PutRecord(Encoder& out, const Record& record) {
  const auto bad = [&record] {
    return MakeError(ErrorCode::kInvalid, fmt::format("the {} record of {} cannot be encoded: its data does not fit",
                                                      ToString(record.type), record.owner.ToText()));
  };
  if (!Fits(record.type, record.data)) return bad();
  out.PutName(record.owner, true);
  out.U16(static_cast<uint16_t>(record.type));
  out.U16(record.klass);
  out.U32(record.ttl);
  const size_t length_at = out.bytes().size();
  out.U16(0);
  if (!std::visit(DataEncoder{out}, record.data)) return bad();
  const size_t length = out.bytes().size() - length_at - 2;
  if (length > 0xFFFF) return bad();
  Store16(out.bytes().data() + length_at, static_cast<uint16_t>(length));
  return {};
}

/// Writes records until one would pass `limit`; returns how many were written.
Result<uint16_t> PutSection(Encoder& out, const std::vector<Record>& records, size_t limit) {
  uint16_t count = 0;
  for (const Record& record : records) {
    const size_t before = out.bytes().size();
    TRYV(PutRecord(out, record));
    if (out.bytes().size() > limit) {
      out.Rewind(before);
      break;
    }
    ++count;
  }
  return count;
}

void PutOpt(Encoder& out, const Edns& edns, Rcode rcode) {
  out.U8(0);
  out.U16(static_cast<uint16_t>(Type::kOpt));
  out.U16(edns.payload_size);
  out.U8(static_cast<uint8_t>(static_cast<uint16_t>(rcode) >> 4));
  out.U8(edns.version);
  out.U16(edns.dnssec_ok ? kEdnsDo : 0);
  out.U16(0);
}

}  // namespace

Result<std::vector<uint8_t>> Encode(const Message& message, size_t limit) {
  Encoder out;
  out.bytes().resize(kHeaderSize);
  for (const Question& question : message.questions) {
    out.PutName(question.name, true);
    out.U16(static_cast<uint16_t>(question.type));
    out.U16(question.klass);
  }
  const size_t room = std::min(limit, kMaxMessageSize) - (message.edns ? kOptSize : 0);
  if (out.bytes().size() > room) return MakeError(ErrorCode::kInvalid, "the questions alone pass the size limit");
  TRY(const uint16_t answers, PutSection(out, message.answers, room));
  uint16_t authorities = 0;
  uint16_t additionals = 0;
  bool truncated = answers < message.answers.size();
  if (!truncated) {
    TRY(authorities, PutSection(out, message.authorities, room));
    truncated = authorities < message.authorities.size();
  }
  if (!truncated) {
    TRY(additionals, PutSection(out, message.additionals, room));
  }
  if (message.edns) PutOpt(out, *message.edns, message.rcode);
  uint8_t* header = out.bytes().data();
  const uint16_t rcode = static_cast<uint16_t>(message.rcode) & kRcodeMask;
  Store16(header, message.id);
  Store16(header + 2, static_cast<uint16_t>((message.flags & ~kRcodeMask) | rcode | (truncated ? kFlagTc : 0)));
  Store16(header + 4, static_cast<uint16_t>(message.questions.size()));
  Store16(header + 6, answers);
  Store16(header + 8, authorities);
  Store16(header + 10, static_cast<uint16_t>(additionals + (message.edns ? 1 : 0)));
  return std::move(out.bytes());
}

}  // namespace ordinal::dns::wire

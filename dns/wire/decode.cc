#include <fmt/format.h>

#include <algorithm>

#include "dns/wire/message.h"
#include "dns/wire/reader.h"

namespace ordinal::dns::wire {
namespace {

template <size_t kSize>
bool ReadArray(Reader& reader, std::array<uint8_t, kSize>& out) {
  Bytes bytes;
  if (!reader.Take(kSize, bytes)) return false;
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return true;
}

bool ReadSrv(Reader& reader, SrvData& srv) {
  return reader.U16(srv.priority) && reader.U16(srv.weight) && reader.U16(srv.port) && reader.ReadName(srv.target);
}

bool ReadSoa(Reader& reader, SoaData& soa) {
  return reader.ReadName(soa.mname) && reader.ReadName(soa.rname) && reader.U32(soa.serial) &&
         reader.U32(soa.refresh) && reader.U32(soa.retry) && reader.U32(soa.expire) && reader.U32(soa.minimum);
}

bool ReadTxt(Reader& reader, size_t end, TxtData& txt) {
  while (reader.offset() < end) {
    uint8_t size = 0;
    Bytes bytes;
    if (!reader.U8(size) || !reader.Take(size, bytes)) return false;
    txt.strings.emplace_back(bytes.begin(), bytes.end());
  }
  return true;
}

bool ReadRaw(Reader& reader, size_t size, RawData& raw) {
  Bytes bytes;
  if (!reader.Take(size, bytes)) return false;
  raw.bytes.assign(bytes.begin(), bytes.end());
  return true;
}

bool ReadData(Reader& reader, Type type, size_t size, Rdata& out) {
  const size_t end = reader.offset() + size;
  switch (type) {
    case Type::kA: return ReadArray(reader, out.emplace<AddressV4>().bytes);
    case Type::kAaaa: return ReadArray(reader, out.emplace<AddressV6>().bytes);
    case Type::kNs:
    case Type::kCname:
    case Type::kPtr: return reader.ReadName(out.emplace<NameData>().name);
    case Type::kMx: {
      MxData& mx = out.emplace<MxData>();
      return reader.U16(mx.preference) && reader.ReadName(mx.exchange);
    }
    case Type::kSrv: return ReadSrv(reader, out.emplace<SrvData>());
    case Type::kSoa: return ReadSoa(reader, out.emplace<SoaData>());
    case Type::kTxt: return ReadTxt(reader, end, out.emplace<TxtData>());
    default: return ReadRaw(reader, size, out.emplace<RawData>());
  }
}

bool ReadRecord(Reader& reader, Record& record) {
  uint16_t type = 0;
  uint16_t size = 0;
  if (!reader.ReadName(record.owner) || !reader.U16(type) || !reader.U16(record.klass) || !reader.U32(record.ttl) ||
      !reader.U16(size) || reader.left() < size) {
    return false;
  }
  record.type = static_cast<Type>(type);
  const size_t end = reader.offset() + size;
  return ReadData(reader, record.type, size, record.data) && reader.offset() == end;
}

bool ReadQuestion(Reader& reader, Question& question) {
  uint16_t type = 0;
  if (!reader.ReadName(question.name) || !reader.U16(type) || !reader.U16(question.klass)) return false;
  question.type = static_cast<Type>(type);
  return true;
}

/// Moves the OPT record out of a freshly read additional record. False for a second one or an owner not the root.
bool TakeOpt(const Record& record, Message& message) {
  if (message.edns || !record.owner.IsRoot()) return false;
  message.edns = Edns{record.klass, static_cast<uint8_t>(record.ttl >> 16), (record.ttl & kEdnsDo) != 0};
  const auto extended = static_cast<uint16_t>((record.ttl >> 24) << 4);
  message.rcode = static_cast<Rcode>(static_cast<uint16_t>(message.rcode) | extended);
  return true;
}

bool ReadRecords(Reader& reader, uint16_t count, bool additional, Message& message, std::vector<Record>& out) {
  for (uint16_t i = 0; i < count; ++i) {
    Record record;
    if (!ReadRecord(reader, record)) return false;
    if (record.type != Type::kOpt) {
      out.push_back(std::move(record));
    } else if (!additional || !TakeOpt(record, message)) {
      return false;
    }
  }
  return true;
}

bool ReadMessage(Reader& reader, Message& message) {
  uint16_t flags = 0;
  uint16_t counts[4] = {};
  if (!reader.U16(message.id) || !reader.U16(flags)) return false;
  for (uint16_t& count : counts) {
    if (!reader.U16(count)) return false;
  }
  message.flags = static_cast<uint16_t>(flags & ~kRcodeMask);
  message.rcode = static_cast<Rcode>(flags & kRcodeMask);
  for (uint16_t i = 0; i < counts[0]; ++i) {
    if (!ReadQuestion(reader, message.questions.emplace_back())) return false;
  }
  return ReadRecords(reader, counts[1], false, message, message.answers) &&
         ReadRecords(reader, counts[2], false, message, message.authorities) &&
         ReadRecords(reader, counts[3], true, message, message.additionals);
}

}  // namespace

Result<Message> Decode(Bytes bytes) {
  Reader reader(bytes);
  Message message;
  if (ReadMessage(reader, message)) return message;
  return MakeError(ErrorCode::kInvalid, fmt::format("malformed DNS message of {} bytes: gave up near byte {}",
                                                    bytes.size(), reader.offset()));
}

}  // namespace ordinal::dns::wire

// Message: a whole DNS message as plain data, for everything off the hot path (upstream answers, tests).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/base/result.h"
#include "dns/wire/name.h"
#include "dns/wire/types.h"

namespace ordinal::dns::wire {

struct AddressV4 {
  std::array<uint8_t, 4> bytes{};
  bool operator==(const AddressV4&) const = default;
};
struct AddressV6 {
  std::array<uint8_t, 16> bytes{};
  bool operator==(const AddressV6&) const = default;
};
/// NS, CNAME, PTR.
struct NameData {
  Name name;
  bool operator==(const NameData&) const = default;
};
struct MxData {
  uint16_t preference = 0;
  Name exchange;
  bool operator==(const MxData&) const = default;
};
struct SrvData {
  uint16_t priority = 0, weight = 0, port = 0;
  Name target;
  bool operator==(const SrvData&) const = default;
};
struct SoaData {
  Name mname, rname;
  uint32_t serial = 0, refresh = 0, retry = 0, expire = 0, minimum = 0;
  bool operator==(const SoaData&) const = default;
};
struct TxtData {
  std::vector<std::string> strings;  ///< At most 255 bytes each.
  bool operator==(const TxtData&) const = default;
};
/// Any other type: its bytes as they came (RFC 3597: such types carry no compressed names).
struct RawData {
  std::vector<uint8_t> bytes;
  bool operator==(const RawData&) const = default;
};
using Rdata = std::variant<AddressV4, AddressV6, NameData, MxData, SrvData, SoaData, TxtData, RawData>;

struct Question {
  Name name;
  Type type = Type::kA;
  uint16_t klass = kClassIn;
  bool operator==(const Question&) const = default;
};

struct Record {
  Name owner;
  Type type = Type::kA;
  uint16_t klass = kClassIn;
  uint32_t ttl = 0;
  Rdata data;
  bool operator==(const Record&) const = default;
};

struct Edns {
  uint16_t payload_size = kMaxUdpSize;
  uint8_t version = 0;
  bool dnssec_ok = false;
  bool operator==(const Edns&) const = default;
};

struct Message {
  uint16_t id = 0;
  uint16_t flags = 0;  ///< QR, opcode, AA … CD, without the rcode.
  Rcode rcode = Rcode::kNoError;
  std::vector<Question> questions;
  std::vector<Record> answers, authorities, additionals;  ///< `additionals` without OPT.
  std::optional<Edns> edns;
  bool operator==(const Message&) const = default;
};

/// Reads a message. kInvalid for anything malformed; trailing bytes are ignored. Any input is safe.
Result<Message> Decode(Bytes bytes);

/// Writes a message with compressed names, at most `limit` bytes (at least kMinUdpSize). What does not fit is left
/// out from the end at record boundaries, and TC is set when an answer or authority was left out (RFC 2181
/// section 9). kInvalid for data no message can carry: a text over 255 bytes, data of another type than the record.
Result<std::vector<uint8_t>> Encode(const Message& message, size_t limit);

}  // namespace ordinal::dns::wire

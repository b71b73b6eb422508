// Query: what the server needs to know of a request, read without allocation. This is the hot path; tests and
// the rare paths use message.h.
#pragma once

#include <array>
#include <string_view>

#include "dns/wire/types.h"

namespace ordinal::dns::wire {

struct Query {
  uint16_t id = 0;
  uint16_t flags = 0;
  uint16_t question_size = 0;  ///< Bytes of the question after the header; 0 when it could not be read.
  Type type = Type::kA;
  uint16_t klass = kClassIn;
  uint8_t name_size = 0;
  std::array<uint8_t, kMaxNameSize> lower_name;  ///< The question's name in lower case, wire form.

  bool has_edns = false;
  bool dnssec_ok = false;
  uint8_t edns_version = 0;
  uint16_t payload_size = 0;  ///< As the client wrote it.
  uint16_t opt_offset = 0;    ///< Of the OPT record's CLASS field (the payload size) in the request.

  std::string_view name() const { return {reinterpret_cast<const char*>(lower_name.data()), name_size}; }
  /// The largest UDP answer this client takes: 512 without EDNS, else what it says, between 512 and 1232.
  size_t UdpLimit() const;
};

enum class Verdict {
  kQuestion,  ///< One well-formed question of opcode QUERY.
  kDrop,      ///< Shorter than a header, or itself a response: answering could start a loop.
  kFormErr,
  kNotImp,   ///< An opcode other than QUERY.
  kBadVers,  ///< An EDNS version other than 0.
};

/// Reads `request`. Never fails in another way than by its verdict, whatever the bytes; `query` is filled as far
/// as reading came and is good for WriteError().
Verdict ParseQuery(Bytes request, Query& query);

/// Writes a reply without records: header, question (when it was read) and OPT (when the client sent one).
/// `out` has at least kMinUdpSize bytes. Returns the size.
size_t WriteError(Bytes request, const Query& query, Rcode rcode, MutableBytes out);

/// Writes the OPT record of a reply, kOptSize bytes, at `at`.
void WriteOpt(const Query& query, Rcode rcode, uint8_t* at);

}  // namespace ordinal::dns::wire

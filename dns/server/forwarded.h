// The bytes of forwarded queries and their replies. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "dns/resolve/resolver.h"
#include "dns/wire/query.h"

namespace ordinal::dns {

/// The client's query as it goes upstream: the same, but for an EDNS payload size lowered to what this server passes
/// on over UDP. The id is still to be set.
std::vector<uint8_t> ForwardedRequest(wire::Bytes request, const wire::Query& query, Transport transport);

/// The question for an alias's target (wire form) on behalf of `query`. The id is still to be set.
std::vector<uint8_t> TargetRequest(std::string_view target, const wire::Query& query);

/// Whether `reply` answers `request`: a response with its id and its question, names compared without case. An
/// error reply may leave the question out.
bool IsReplyTo(wire::Bytes reply, wire::Bytes request);

/// The upstream's reply as the client gets it: id and question as the client wrote them. Larger than `limit`: header
/// and question only, with TC. `request` is the client's. `out` holds `limit` bytes. Returns the size.
size_t ReplyForClient(wire::Bytes reply, wire::Bytes request, const wire::Query& query, size_t limit,
                      wire::MutableBytes out);

/// Our reply with the alias, continued by the upstream's reply about its target. kInvalid when the upstream's cannot
/// be read.
Result<std::vector<uint8_t>> JoinAlias(wire::Bytes alias, wire::Bytes reply, size_t limit);

inline wire::Rcode RcodeOf(wire::Bytes reply) {
  return static_cast<wire::Rcode>(wire::Load16(reply.data() + 2) & wire::kRcodeMask);
}

}  // namespace ordinal::dns

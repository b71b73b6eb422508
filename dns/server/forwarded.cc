#include "dns/server/forwarded.h"

#include <algorithm>
#include <cstring>

#include "dns/wire/message.h"

namespace ordinal::dns {
namespace {

constexpr size_t kTypeAndClass = 4;

/// Bytes of the question section of a request that was read before.
size_t QuestionSize(wire::Bytes request) {
  size_t at = wire::kHeaderSize;
  while (request[at] != 0) at += 1U + request[at];
  return at + 1 + kTypeAndClass - wire::kHeaderSize;
}

bool SameWithoutCase(wire::Bytes a, wire::Bytes b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](uint8_t x, uint8_t y) { return wire::LowerByte(x) == wire::LowerByte(y); });
}

}  // namespace

std::vector<uint8_t> ForwardedRequest(wire::Bytes request, const wire::Query& query, Transport transport) {
  std::vector<uint8_t> copy(request.begin(), request.end());
  if (query.has_edns && transport == Transport::kUdp) {
    wire::Store16(copy.data() + query.opt_offset, static_cast<uint16_t>(query.UdpLimit()));
  }
  return copy;
}

std::vector<uint8_t> TargetRequest(std::string_view target, const wire::Query& query) {
  const size_t tail = wire::kHeaderSize + target.size();
  std::vector<uint8_t> request(tail + kTypeAndClass + (query.has_edns ? wire::kOptSize : 0));
  wire::Store16(request.data() + 2, static_cast<uint16_t>(wire::kFlagRd | (query.flags & wire::kFlagCd)));
  wire::Store16(request.data() + 4, 1);
  std::memcpy(request.data() + wire::kHeaderSize, target.data(), target.size());
  wire::Store16(request.data() + tail, static_cast<uint16_t>(query.type));
  wire::Store16(request.data() + tail + 2, wire::kClassIn);
  if (query.has_edns) {
    wire::Store16(request.data() + 10, 1);
    wire::WriteOpt(query, wire::Rcode::kNoError, request.data() + tail + kTypeAndClass);
  }
  return request;
}

bool IsReplyTo(wire::Bytes reply, wire::Bytes request) {
  if (reply.size() < wire::kHeaderSize) return false;
  const uint16_t flags = wire::Load16(reply.data() + 2);
  if (wire::Load16(reply.data()) != wire::Load16(request.data())) return false;
  if ((flags & wire::kFlagQr) == 0 || (flags & wire::kOpcodeMask) != 0) return false;
  const uint16_t questions = wire::Load16(reply.data() + 4);
  if (questions == 0) {
    const wire::Rcode rcode = RcodeOf(reply);
    return rcode != wire::Rcode::kNoError && rcode != wire::Rcode::kNxDomain;
  }
  const size_t name = QuestionSize(request) - kTypeAndClass;
  const size_t tail = wire::kHeaderSize + name;
  if (questions != 1 || reply.size() < tail + kTypeAndClass) return false;
  return SameWithoutCase(reply.subspan(wire::kHeaderSize, name), request.subspan(wire::kHeaderSize, name)) &&
         std::memcmp(reply.data() + tail, request.data() + tail, kTypeAndClass) == 0;
}

size_t ReplyForClient(wire::Bytes reply, wire::Bytes request, const wire::Query& query, size_t limit,
                      wire::MutableBytes out) {
  if (wire::Load16(reply.data() + 4) == 0) return wire::WriteError(request, query, RcodeOf(reply), out);
  const bool too_large = reply.size() > limit;
  const size_t head = wire::kHeaderSize + query.question_size;
  const size_t size = too_large ? head : reply.size();
  std::memcpy(out.data(), reply.data(), size);
  std::memcpy(out.data() + wire::kHeaderSize, request.data() + wire::kHeaderSize, query.question_size);
  wire::Store16(out.data(), query.id);
  if (too_large) {
    wire::Store16(out.data() + 2, static_cast<uint16_t>(wire::Load16(reply.data() + 2) | wire::kFlagTc));
    std::memset(out.data() + 6, 0, 6);
  }
  return size;
}

Result<std::vector<uint8_t>> JoinAlias(wire::Bytes alias, wire::Bytes reply, size_t limit) {
  TRY(wire::Message joined, wire::Decode(alias));
  TRY(wire::Message target, wire::Decode(reply));
  joined.rcode = target.rcode;
  joined.flags = static_cast<uint16_t>(joined.flags | (target.flags & (wire::kFlagRa | wire::kFlagTc)));
  std::move(target.answers.begin(), target.answers.end(), std::back_inserter(joined.answers));
  joined.authorities = std::move(target.authorities);
  return wire::Encode(joined, limit);
}

}  // namespace ordinal::dns

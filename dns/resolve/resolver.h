// Resolve: (snapshot, request) → answer. Pure: no sockets, no clock, no allocation.
//
// Which answer (checked against tests/data/dns, recorded from a Kubernetes 1.32 cluster):
//
//   name exists, has the type     NOERROR, AA, answers (SRV: the targets' addresses in the additional section)
//   name exists, not the type     NOERROR, AA, SOA in the authority section (NODATA); ANY and NS too
//   no such name in the zone      NXDOMAIN, AA, SOA in the authority section
//   alias                         CNAME, then the target's records; a target outside the zone: Kind::kChase
//   before the first sync         SERVFAIL in the zone and for every reverse name
//   outside the zone              Kind::kForward; so are reverse names of addresses that are not ours
//   class other than IN, AXFR     REFUSED
//   opcode other than QUERY       NOTIMP;  EDNS version other than 0: BADVERS;  malformed: FORMERR
//
// A name between an existing name and the zone (`_tcp.kubia.default.svc.<zone>`) exists (RFC 8020).
#pragma once

#include "dns/snapshot/snapshot.h"
#include "dns/wire/query.h"

namespace ordinal::dns {

enum class Transport { kUdp, kTcp };

struct Outcome {
  enum class Kind {
    kReply,    ///< `size` bytes of `out` are the reply.
    kDrop,     ///< No reply at all.
    kForward,  ///< The host's resolvers are to be asked the same.
    kHold,     ///< To be asked again: names are not known yet (never told by Resolve(), see QueryHandler).
    kChase,    ///< `out` has the alias alone as a reply; the host's resolvers are to be asked for `target`.
  };
  Kind kind = Kind::kReply;
  size_t size = 0;
  wire::Rcode rcode = wire::Rcode::kNoError;
  bool truncated = false;
  bool unsure = false;           ///< SERVFAIL only because the snapshot may lack the name (Snapshot::whole()).
  std::string_view target = {};  ///< For kChase: lower case, wire form; lives in the snapshot.

  /// The reply comes later, if one comes.
  bool later() const { return kind != Kind::kReply && kind != Kind::kDrop; }
};

/// The largest reply for this query.
size_t ReplyLimit(const wire::Query& query, Transport transport);

/// Answers `request`. `out` holds at least ReplyLimit() bytes: wire::kMaxUdpSize for UDP, wire::kMaxMessageSize for
/// TCP. `query` is filled for the caller's use afterwards. Address records start with number `rotation` modulo
/// their count, so that clients that take the first one spread.
Outcome Resolve(const Snapshot& snapshot, wire::Bytes request, Transport transport, uint32_t rotation,
                wire::MutableBytes out, wire::Query& query);

}  // namespace ordinal::dns

// QueryHandler: what UDP and TCP do alike with a request. One object a DNS thread.
#pragma once

#include <functional>

#include "dns/resolve/resolver.h"
#include "dns/server/counters.h"
#include "dns/server/forwarder.h"
#include "dns/server/snapshot_slot.h"

namespace ordinal::dns {

/// Gets a reply that came later, once. The bytes are valid during the call only.
using LateReply = std::function<void(wire::Bytes reply)>;

class QueryHandler {
 public:
  QueryHandler(SnapshotSlot& slot, Forwarder& forwarder, Counters& counters)
      : snapshot_(slot), forwarder_(forwarder), counters_(counters) {}

  /// Answers at once if it can (see Resolve()). For kForward and kChase the caller goes on with Forward().
  Outcome Answer(wire::Bytes request, Transport transport, wire::MutableBytes out);

  /// Sends on the request of the last Answer(), which returned `outcome` with kForward or kChase; `out` is the same
  /// buffer. `reply` gets the answer, SERVFAIL when no resolver gave one (for kChase: the alias alone).
  void Forward(wire::Bytes request, Transport transport, const Outcome& outcome, wire::Bytes out, LateReply reply);

 private:
  struct Waiting;
  void Complete(const Waiting& waiting, wire::Bytes upstream_reply);

  SnapshotReader snapshot_;
  Forwarder& forwarder_;
  Counters& counters_;
  wire::Query query_;
  uint32_t rotation_ = 0;
};

}  // namespace ordinal::dns
